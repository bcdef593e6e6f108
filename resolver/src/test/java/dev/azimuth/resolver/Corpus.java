package dev.azimuth.resolver;

import java.util.ArrayList;
import java.util.List;

/** Queries of every kind, from which tests make bad ones. */
final class Corpus {
  private static final String[] NAMES = {
    "example.com",
    "www.example.com",
    "geo.example.com",
    "alias.example.com",
    "togeo.example.com",
    "l0.example.com",
    "self.example.com",
    "a.tree.example.com",
    "a.grow.example.com",
    "x.wild.example.com",
    "x.app.example.com",
    "host.cut.example.com",
    "x.wide.example.com",
    "many.example.com",
    "huge.example.com",
    "post.example.com",
    "none.example.com",
    "dead.example.com",
    "fail.example.com",
    "down.example.com",
    "near.example.com",
    "tonear.example.com",
    "spin.example.com",
    "all.example.com",
    "web.example.com",
    "webgeo.example.com",
    "weball.example.com",
    "weblost.example.com",
    "x.crowd.example.com",
    "fatweb.example.com",
    "x.webs.example.com",
    "towebgeo.example.com",
    "bindings.example.com",
    "targets.example.com",
    "_s._tcp.example.com",
    "stick.example.com",
    "tostick.example.com",
    "viastick.example.com",
    "chance.example.com",
    "example.org"
  };

  private static final int[] TYPES = {1, 2, 5, 6, 15, 16, 28, 33, 43, 64, 65, 252, 255};

  private Corpus() {}

  static List<byte[]> queries() {
    var queries = new ArrayList<byte[]>();
    for (String name : NAMES) {
      for (int type : TYPES) {
        queries.add(Packets.query(name, type));
        queries.add(Packets.of().question(name, type, 1).opt(4096, 0x8000, "").bytes());
        String v4 = Packets.option(8, "0001 18 00 c63364");
        queries.add(Packets.of().question(name, type, 1).opt(1232, 0, v4).bytes());
        String v6 =
            Packets.option(10, "0102030405060708") + Packets.option(8, "0002 38 00 20010db8000000");
        queries.add(Packets.of().question(name, type, 1).opt(512, 0, v6).bytes());
      }
    }
    String every =
        Packets.option(3, "")
            + Packets.option(8, "0001 18 00 c63364")
            + Packets.option(10, "2464c4abcf10c957010000005cf79f111f8130c3eee29480")
            + Packets.option(11, "")
            + Packets.option(12, "00");
    for (String name : NAMES) {
      queries.add(Packets.of().question(name, 1, 1).opt(1232, 0, every).bytes());
    }
    queries.add(Packets.of().opt(1232, 0, every).bytes());
    for (String name : new String[] {"version.bind", "id.server", "hostname.bind", "other.bind"}) {
      queries.add(Packets.of().question(name, 16, 3).opt(512, 0, every).bytes());
    }
    queries.add(
        Packets.of()
            .question("example.com", 251, 1)
            .record(2, "example.com", 6, 1, 0, "0000")
            .record(3, "key", 250, 255, 0, "00")
            .bytes());
    return queries;
  }
}
