package dev.azimuth.app.node;

import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What a configuration with its data and secrets changes of another one, in words. Pure. */
final class WholeDiff {
  private WholeDiff() {}

  /**
   * A line for each change.
   *
   * @param running what the process was started with
   */
  static List<String> lines(ServerConfig running, Loading.Whole before, Loading.Whole after) {
    Config was = before.config();
    Config is = after.config();
    List<String> changes = new ArrayList<>(ConfigDiff.lines(running, was, is));
    changes.addAll(ZoneDiff.lines(before.data(), after.data()));
    changes.addAll(GeoDiff.lines(before.geo(), after.geo()));
    boolean sameWord = was.server().cookies().equals(is.server().cookies());
    if (sameWord && !before.cookies().equals(after.cookies())) {
      changes.add("server.cookies: the secrets changed");
    }
    boolean bothSticky = was.sticky() && is.sticky();
    boolean sameSalt = Objects.equals(was.server().stickySalt(), is.server().stickySalt());
    if (bothSticky && sameSalt && !before.salt().equals(after.salt())) {
      changes.add("server.sticky_salt: the secret changed");
    }
    return changes;
  }

  /** What stands in files of zone data and databases and does not serve. */
  static List<String> refused(Loading.Whole whole) {
    List<String> refused = new ArrayList<>(ZoneDiff.refused(whole.data()));
    String databases = GeoDiff.refused(whole.geo());
    if (databases != null) {
      refused.add(databases);
    }
    return refused;
  }

  /** What was refused of such files and is not any more. */
  static List<String> mended(Loading.Whole before, Loading.Whole after) {
    List<String> mended = new ArrayList<>(ZoneDiff.mended(before.data(), after.data()));
    if (before.geo().rejected() != null && after.geo().rejected() == null) {
      mended.add("databases: the files are in order again");
    }
    return mended;
  }
}
