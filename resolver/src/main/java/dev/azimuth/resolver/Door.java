package dev.azimuth.resolver;

import io.netty.channel.Channel;

/** Where connections of a listener come in. Safe for use by any number of threads. */
sealed interface Door permits BareDoor, Door.Jdk {

  /** Begins to accept. */
  void open();

  /** Accepts no more, and closes its descriptor of the socket. Waits until that is done. */
  void shut();

  /** A channel of the JDK's: one loop accepts, all serve in turn. */
  record Jdk(Channel channel) implements Door {
    @Override
    public void open() {
      channel.config().setAutoRead(true);
    }

    @Override
    public void shut() {
      channel.close().awaitUninterruptibly();
    }
  }
}
