package dev.azimuth.balancer;

/** How a connection, or a UDP session, ended. */
public enum End {
  /** Both sides sent their end. */
  DONE,
  /** The client broke off. */
  CLIENT_RESET,
  /** The backend broke off. */
  BACKEND_RESET,
  /** No octet for too long. */
  IDLE,
  /** One side sent its end, and no octet came for too long. */
  HALF_CLOSED,
  /** It was as old as it may be. */
  AGE,
  /** It did not end by itself in the time that draining gives. */
  DRAINED,
  /** The backend is down. */
  BACKEND_DOWN,
  /** There was no backend to forward to. */
  NO_BACKEND,
  /** No backend could be reached. */
  NOT_REACHED,
  /** All backends were at their limit, and the queue was full. */
  QUEUE_FULL,
  /** All backends were at their limit for too long. */
  QUEUE_TIME,
  /** What must come first did not come in time. */
  FIRST,
  /** The client left before a backend was reached. */
  CLIENT_LEFT,
  /** The client is not one of those that may connect. */
  NOT_ALLOWED,
  /** The client has too many connections. */
  PER_SOURCE,
  /** The client makes too many connections a second. */
  SOURCE_RATE,
  /** What came was no PROXY header, or a broken one. */
  PROXY_HEADER,
  /** The client's TLS could not be understood, or its handshake failed. */
  CLIENT_TLS,
  /** The handshake with the backend failed, or its certificate is not good. */
  BACKEND_TLS,
  /** This machine could not do its part: no descriptor, port or memory was left. */
  LOCAL,
  /** A UDP session gave its place to a newer one. */
  EVICTED,
  /** The process ends. */
  STOPPED;

  /** Whether it ended before anything was forwarded, by no wish of the client. */
  public boolean refused() {
    return switch (this) {
      case NO_BACKEND,
          NOT_REACHED,
          QUEUE_FULL,
          QUEUE_TIME,
          FIRST,
          NOT_ALLOWED,
          PER_SOURCE,
          SOURCE_RATE,
          PROXY_HEADER,
          CLIENT_TLS,
          BACKEND_TLS,
          LOCAL ->
          true;
      case DONE,
          CLIENT_RESET,
          BACKEND_RESET,
          IDLE,
          HALF_CLOSED,
          AGE,
          DRAINED,
          BACKEND_DOWN,
          CLIENT_LEFT,
          EVICTED,
          STOPPED ->
          false;
    };
  }
}
