package dev.azimuth.net;

import java.util.List;

/**
 * What came over a {@link LocalConnection}.
 *
 * @param descriptors in the order in which they were sent; owned by whoever received the message
 */
public record LocalMessage(String text, List<Descriptor> descriptors) {
  public LocalMessage {
    descriptors = List.copyOf(descriptors);
  }

  /** Closes every descriptor that was not given away. */
  public void discard() {
    descriptors.forEach(Descriptor::close);
  }
}
