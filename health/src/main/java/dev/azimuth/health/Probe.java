package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import java.util.function.Consumer;

/**
 * One run of a check: ends exactly once, unless it is aborted. Has no clock; whoever starts it
 * calls {@link #timeout}. Confined to the loop thread.
 */
abstract class Probe {
  private final Consumer<Finding> owner;
  private boolean over;

  /**
   * @param owner told of the end
   */
  Probe(Consumer<Finding> owner) {
    this.owner = owner;
  }

  /**
   * A probe of a target, of the kind that its check asks for; not yet begun. One that cannot be
   * made ends as it begins and says why.
   */
  static Probe of(Target target, Means means, Consumer<Finding> owner) {
    try {
      return made(target, means, owner);
    } catch (RuntimeException | Error fault) {
      return new Unmade(owner, fault);
    }
  }

  private static Probe made(Target target, Means means, Consumer<Finding> owner) {
    return switch (target.check()) {
      case Check.Http http -> new StreamProbe(target, means, owner, new HttpTalk(target, http));
      case Check.Grpc grpc -> new StreamProbe(target, means, owner, new GrpcTalk(target, grpc));
      case Check.Handshake _ -> new StreamProbe(target, means, owner, new BareTalk(Code.L6OK));
      case Check.Tcp tcp when tcp.expect() != null ->
          new StreamProbe(
              target, means, owner, new OctetTalk(new Saying(tcp.send(), tcp.expect())));
      case Check.Tcp _ -> new StreamProbe(target, means, owner, new BareTalk(Code.L4OK));
      case Check.Udp udp ->
          new DatagramProbe(target, means, owner, new Saying(udp.send(), udp.expect()));
      case Check.Dns dns when dns.tcp() ->
          new StreamProbe(
              target, means, owner, new OctetTalk(DnsQuestion.framed(dns, means.random())));
      case Check.Dns dns ->
          new DatagramProbe(target, means, owner, new DnsQuestion(dns, means.random()));
      case Check.Ping _ -> new EchoProbe(target, means, owner);
      case Check.Program program -> new ProgramProbe(target, program, means, owner);
      case Check.StateFile file -> new StateFileProbe(target, file, means, owner);
      case Check.Heartbeat heartbeat -> new HeartbeatProbe(target, heartbeat, means, owner);
      case Check.Told _ -> throw new IllegalArgumentException("nobody probes " + target);
    };
  }

  /** Begins; what is amiss here ends the probe. */
  final void start() {
    try {
      begin();
    } catch (RuntimeException | Error e) {
      // Most likely no descriptor is left. Nothing has been sent yet: it is not the target's fault.
      end(Finding.inconclusive(e));
    }
  }

  abstract void begin();

  /** What it means that the time is over now. */
  abstract Finding late();

  /** Gives back what it holds. */
  abstract void release();

  /** The time is over. */
  final void timeout() {
    end(late());
  }

  final void end(Finding finding) {
    if (!over) {
      abort();
      owner.accept(finding);
    }
  }

  /** Ends without a result. */
  final void abort() {
    if (!over) {
      over = true;
      release();
    }
  }

  final boolean over() {
    return over;
  }

  /** In the place of a probe that could not be made, which is not the target's fault. */
  private static final class Unmade extends Probe {
    private final Throwable fault;

    Unmade(Consumer<Finding> owner, Throwable fault) {
      super(owner);
      this.fault = fault;
    }

    @Override
    void begin() {
      end(Finding.inconclusive(fault));
    }

    @Override
    Finding late() {
      return Finding.inconclusive(fault);
    }

    @Override
    void release() {
      // It holds nothing.
    }
  }
}
