package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/** Reads the answer of gRPC's health service: head, one frame, and a trailer with the status. */
final class GrpcAnswer extends SimpleChannelInboundHandler<HttpObject> {
  /** A health message has two octets; more would be of a server to come. */
  private static final int LONGEST = 4 << 10;

  private static final String STATUS = "grpc-status";
  private static final String MESSAGE = "grpc-message";

  private final StreamProbe probe;
  private final byte[] frame = new byte[LONGEST];
  private int length;
  private @Nullable HttpHeaders head;

  GrpcAnswer(StreamProbe probe) {
    this.probe = probe;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (probe.over()) {
      return;
    }
    if (part instanceof HttpResponse response
        && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
      head = response.headers();
      if (response.status().code() != 200) {
        end(Code.L7STS, "HTTP status " + response.status().code());
        return;
      }
    }
    if (part instanceof HttpContent some && head != null) {
      gather(some.content());
      if (part instanceof LastHttpContent last) {
        decide(head, last.trailingHeaders());
      }
    }
  }

  private void gather(ByteBuf some) {
    if (length + some.readableBytes() > LONGEST) {
      end(Code.L7RSP, "more than a health message");
      return;
    }
    int more = some.readableBytes();
    some.getBytes(some.readerIndex(), frame, length, more);
    length += more;
  }

  /** An answer without a message has its status in the head. */
  private void decide(HttpHeaders head, HttpHeaders trailer) {
    HttpHeaders last = trailer.contains(STATUS) ? trailer : head;
    String status = last.get(STATUS);
    if (status == null) {
      end(Code.L7RSP, "no gRPC status");
    } else if (!status.equals("0")) {
      String message = last.get(MESSAGE);
      end(Code.L7STS, "gRPC status " + status + (message == null ? "" : " " + message));
    } else {
      switch (GrpcHealth.status(frame, length)) {
        case GrpcHealth.INVALID -> end(Code.L7RSP, "not a health message");
        case GrpcHealth.SERVING -> end(Code.L7OK, "SERVING");
        case GrpcHealth.NOT_SERVING -> end(Code.L7STS, "NOT_SERVING");
        case GrpcHealth.SERVICE_UNKNOWN -> end(Code.L7STS, "SERVICE_UNKNOWN");
        case GrpcHealth.UNKNOWN -> end(Code.L7STS, "UNKNOWN");
        default -> end(Code.L7STS, "a serving status that is not known");
      }
    }
  }

  private void end(Code code, String detail) {
    probe.decided(Finding.of(code, Details.printable(detail)));
  }
}
