package dev.azimuth.resolver;

/**
 * Where and when a query came from: a cursor that a worker owns and fills for every query. Behind a
 * front end it is the client that the front end names. IPv4 addresses stand in the lower 32 bits of
 * {@link #low} with {@link #high} 0.
 */
public final class Client {
  public boolean v4;
  public long high;
  public long low;

  /** The client's port, 0 to 65535. */
  public int port;

  /** Where the query came to: the listener's address, which may be the unspecified one. */
  ClientAddress server = ClientAddress.NONE;

  /** The port that the query came to, 0 to 65535. */
  int serverPort;

  /**
   * Whether the reply goes over a stream (TCP), which has room for {@link ResponseWriter#STREAM}
   * octets and knows no truncation, rather than in a datagram.
   */
  public boolean stream;

  /** Whether nobody else can read the stream, so that the length of a reply is worth hiding. */
  public boolean encrypted;

  /**
   * How long the stream may be idle, in units of 100 ms, 0 to 65,535; 0 asks the client to close it
   * (RFC 7828 section 3.1).
   */
  public int idle;

  /** When the query came, or the batch that it came in, in milliseconds of the steady clock. */
  public long now;

  /** Nobody yet. */
  public Client() {}
}
