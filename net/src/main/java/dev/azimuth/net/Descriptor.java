package dev.azimuth.net;

import java.io.IOException;
import java.net.SocketException;

/**
 * An open file of this process by its number, to be handed on: to another process ({@link
 * LocalConnection}) or to a library that takes the number. Safe for use by any number of threads.
 */
public final class Descriptor implements AutoCloseable {
  private static final int GONE = -1;

  private int number;

  /**
   * @param number open, and nobody else's to close
   */
  Descriptor(int number) {
    this.number = number;
  }

  static Descriptor duplicateOf(int number) throws IOException {
    int copy = new LinuxCalls().duplicate(number);
    if (copy < 0) {
      throw new SocketException("no second descriptor can be had" + NativeSocket.errno(copy));
    }
    return new Descriptor(copy);
  }

  /**
   * Gives the number to a new owner, who closes it.
   *
   * @throws IllegalStateException when it is closed or was given away
   */
  public synchronized int release() {
    int released = number();
    number = GONE;
    return released;
  }

  /** The number, which stays ours. */
  synchronized int number() {
    if (number == GONE) {
      throw new IllegalStateException("the descriptor is closed or was given away");
    }
    return number;
  }

  /**
   * Lets other sockets of this user have the address and port of this one, if they share them too:
   * such as a single address beside all addresses, which goes before them.
   *
   * @throws IOException when it is no such socket
   */
  public synchronized void share() throws IOException {
    NativeSocket.set(
        new LinuxCalls(), number(), SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_REUSEPORT, 1);
  }

  /** Closes the file unless it was given away; once is enough. */
  @Override
  public synchronized void close() {
    if (number != GONE) {
      int closing = number;
      number = GONE;
      int _ = new LinuxCalls().close(closing);
    }
  }
}
