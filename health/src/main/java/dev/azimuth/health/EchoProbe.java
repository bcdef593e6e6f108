package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A probe by ICMP echo: asks up to three times while no answer comes, as {@link DatagramProbe}. */
final class EchoProbe extends Probe {
  private final Target target;
  private final Means means;
  private Echo.@Nullable Question question;
  private @Nullable ScheduledFuture<?> again;
  private int sent;

  EchoProbe(Target target, Means means, Consumer<Finding> owner) {
    super(owner);
    this.target = target;
    this.means = means;
  }

  @Override
  void begin() {
    try {
      question = means.local().echo().ask(target.address(), this::answered);
      sent();
    } catch (IOException e) {
      end(unsent(e));
    }
  }

  /** On another thread. */
  private void answered() {
    means.loop().execute(() -> end(Finding.of(Code.L4OK, "")));
  }

  private void sent() {
    if (++sent < DatagramProbe.MOST_DATAGRAMS) {
      long pause = target.check().timing().timeout().toNanos() / DatagramProbe.MOST_DATAGRAMS;
      again = means.loop().schedule(this::ask, pause, TimeUnit.NANOSECONDS);
    }
  }

  private void ask() {
    if (question == null || over()) {
      return;
    }
    try {
      question.again();
      sent();
    } catch (IOException e) {
      end(unsent(e));
    }
  }

  private static Finding unsent(IOException why) {
    return why instanceof NoRouteToHostException
        ? Finding.of(Code.L4CON, Details.of(why))
        : Finding.inconclusive(why);
  }

  @Override
  Finding late() {
    return Finding.of(Code.L4TOUT, "no echo reply");
  }

  @Override
  void release() {
    if (again != null) {
      again.cancel(false);
    }
    if (question != null) {
      question.close();
    }
  }
}
