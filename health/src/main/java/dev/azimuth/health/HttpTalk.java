package dev.azimuth.health;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request over HTTP/1.1 or HTTP/2, and its answer. */
final class HttpTalk extends Talk {
  /** Methods that have content: where it is empty, its length says so (RFC 9110, section 8.6). */
  private static final Set<String> WITH_CONTENT = Set.of("POST", "PUT", "PATCH");

  private final Target target;
  private final Check.Http check;
  private HttpAnswer answer;
  private HttpReader reader;
  private boolean asked;

  HttpTalk(Target target, Check.Http check) {
    this.target = target;
    this.check = check;
    answer = new HttpAnswer(check);
    reader = new HttpReader(answer);
  }

  @Override
  void begin(StreamProbe probe, Wire wire) {
    if (asked) {
      answer = new HttpAnswer(check);
      reader = new HttpReader(answer);
    }
    asked = true;
    List<Check.Header> fields = fields(probe.means.userAgent());
    if (check.http2()) {
      Http2.ask(probe, wire, framed(fields), new HttpFrames(answer, probe));
    } else {
      wire.say(octets(fields));
    }
  }

  private List<Check.Header> fields(String userAgent) {
    Check.Request asked = check.request();
    List<Check.Header> fields = new ArrayList<>();
    fields.add(
        new Check.Header("host", host(target, asked.host(), check.usualPort().orElseThrow())));
    fields.add(new Check.Header("user-agent", userAgent));
    fields.add(new Check.Header("accept", "*/*"));
    if (!check.keep() && !check.http2()) {
      fields.add(new Check.Header("connection", "close"));
    }
    if (!asked.body().isEmpty() || WITH_CONTENT.contains(asked.method())) {
      int length = asked.body().text().length();
      fields.add(new Check.Header("content-length", Integer.toString(length)));
    }
    for (Check.Header more : asked.headers()) {
      fields.removeIf(ours -> ours.name().equalsIgnoreCase(more.name()));
      fields.add(more);
    }
    return fields;
  }

  private byte[] octets(List<Check.Header> fields) {
    Check.Request asked = check.request();
    StringBuilder text = new StringBuilder(256);
    text.append(asked.method()).append(' ').append(asked.path()).append(" HTTP/1.1\r\n");
    for (Check.Header field : fields) {
      text.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    return text.append("\r\n")
        .append(asked.body().text())
        .toString()
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private FullHttpRequest framed(List<Check.Header> fields) {
    Check.Request asked = check.request();
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.valueOf(asked.method()),
            asked.path(),
            Unpooled.wrappedBuffer(asked.body().bytes()));
    fields.forEach(field -> request.headers().set(field.name(), field.value()));
    return request;
  }

  /** The name as configured; without one the address, with the port where it is not the usual. */
  static String host(Target target, @Nullable String host, int usualPort) {
    if (host != null) {
      return bracketed(host);
    }
    return target.port() == usualPort
        ? bracketed(NetUtil.toAddressString(target.address()))
        : NetUtil.toSocketAddressString(target.address().getHostAddress(), target.port());
  }

  /** An address of IPv6 as URIs have it (RFC 3986, section 3.2.2); all else as it is. */
  private static String bracketed(String host) {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  @Override
  @Nullable Finding heard(ByteBuf octets) {
    return reader.heard(octets);
  }

  @Override
  @Nullable Finding standing() {
    return answer.unexpected();
  }

  @Override
  Finding flooded() {
    return answer.enough();
  }

  @Override
  Finding closed() {
    Finding whole = reader.closed();
    return whole == null ? super.closed() : whole;
  }

  @Override
  boolean keeps() {
    return check.keep() && answer.reusable();
  }

  @Override
  @Nullable String protocol() {
    return check.http2() ? Http2.PROTOCOL : null;
  }

  @Override
  boolean framed() {
    return check.http2();
  }
}
