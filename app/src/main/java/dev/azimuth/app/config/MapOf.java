package dev.azimuth.app.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values by names that the author chooses. What is not valid is left out, so that the rest can be
 * examined all the same.
 *
 * @param key how names are written; what it makes of two of them must differ
 * @param least how many there must be
 */
record MapOf<T>(Shape.Scalar<String> key, Shape<T> value, int least)
    implements Shape<Map<String, T>> {

  @Override
  public @Nullable Map<String, T> read(Site site) {
    if (!(site.node() instanceof Node.Mapping mapping)) {
      site.wrongKind(words());
      return null;
    }
    if (mapping.entries().size() < least) {
      site.error(Code.RANGE, "needs at least " + least);
    }
    Map<String, T> values = new LinkedHashMap<>();
    for (Node.Entry entry : mapping.entries()) {
      String written = entry.key().text();
      Site keySite = site.child(written, entry.key());
      String name = key.read(keySite);
      T read = value.read(site.child(name == null ? written : name, entry.value()));
      if (name != null && read != null && values.putIfAbsent(name, read) != null) {
        String message = "\"%s\" is the same as one before it".formatted(written);
        keySite.error(Code.DUPLICATE_VALUE, message);
      }
    }
    return values;
  }

  @Override
  public boolean fits(Node node) {
    return node instanceof Node.Mapping;
  }

  @Override
  public String words() {
    return "a mapping by name";
  }
}
