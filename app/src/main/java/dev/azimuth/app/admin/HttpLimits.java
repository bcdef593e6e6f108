package dev.azimuth.app.admin;

/** What clients of this process's HTTP listeners may hold. */
final class HttpLimits {
  static {
    // The only way to set these. Seconds; connections beyond the limit are closed at once.
    limit("nodelay", "true");
    limit("idleInterval", "30");
    limit("maxIdleConnections", "32");
    limit("maxReqTime", "10");
    limit("maxRspTime", "60");
    limit("maxReqHeaders", "64");
    limit("maxReqHeaderSize", "16384");
    limit("drainAmount", "65536");
    if (System.getProperty("jdk.httpserver.maxConnections") == null) {
      System.setProperty("jdk.httpserver.maxConnections", "1024");
    }
  }

  private HttpLimits() {}

  /** Sets them, unless they were set from outside; to be called before the first listener opens. */
  static void set() {
    // Loading the class has done it.
  }

  private static void limit(String name, String value) {
    String property = "sun.net.httpserver." + name;
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
