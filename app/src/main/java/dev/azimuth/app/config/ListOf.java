package dev.azimuth.app.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list, or its one item alone where {@code short form} is allowed.
 *
 * @param alone whether one item may stand without the list around it
 */
record ListOf<T>(Shape<T> item, int least, int most, boolean alone) implements Shape<List<T>> {

  @Override
  public @Nullable List<T> read(Site site) {
    List<T> values = new ArrayList<>();
    int written;
    switch (site.node()) {
      case Node.Sequence list -> {
        written = list.items().size();
        for (int i = 0; i < written; i++) {
          T value = item.read(site.item(i, list.items().get(i)));
          if (value != null) {
            values.add(value);
          }
        }
      }
      case Node.Scalar single when alone -> written = readAlone(site, values);
      case Node.Mapping single when alone -> written = readAlone(site, values);
      case Node.Scalar other -> {
        site.wrongKind(words());
        return null;
      }
      case Node.Mapping other -> {
        site.wrongKind(words());
        return null;
      }
    }
    if (written < least || written > most) {
      site.error(Code.RANGE, "needs %s, has %d".formatted(count(), written));
      return null;
    }
    return values.size() == written ? values : null;
  }

  private int readAlone(Site site, List<T> values) {
    T value = item.read(site);
    if (value != null) {
      values.add(value);
    }
    return 1;
  }

  String count() {
    if (most == Integer.MAX_VALUE) {
      return "at least " + least;
    }
    return least == most ? "exactly " + least : least + " to " + most;
  }

  @Override
  public boolean fits(Node node) {
    return node instanceof Node.Sequence || (alone && item.fits(node));
  }

  @Override
  public String words() {
    return alone ? item.words() + ", or a list of them" : "a list";
  }
}
