package dev.azimuth.net;

/** What an address and port is listened on with. */
public enum Protocol {
  UDP,
  TCP
}
