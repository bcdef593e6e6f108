package dev.azimuth.app.cli;

/** What the process says when it ends. The numbers are part of the command line's contract. */
final class ExitCode {
  static final int FINE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int INVALID_CONFIGURATION = 3;
  static final int NOT_REACHABLE = 4;

  private ExitCode() {}
}
