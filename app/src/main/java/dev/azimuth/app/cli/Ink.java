package dev.azimuth.app.cli;

/** Colours words for a terminal, or leaves them alone. */
public enum Ink {
  PLAIN,
  COLOUR;

  public String good(String text) {
    return in("32", text);
  }

  public String bad(String text) {
    return in("31;1", text);
  }

  public String warn(String text) {
    return in("33", text);
  }

  public String strong(String text) {
    return in("1", text);
  }

  public String faint(String text) {
    return in("2", text);
  }

  private String in(String code, String text) {
    return switch (this) {
      case PLAIN -> text;
      case COLOUR -> text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    };
  }
}
