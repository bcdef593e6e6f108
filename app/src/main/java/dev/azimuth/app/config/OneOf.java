package dev.azimuth.app.config;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One of several forms, tried in order; the first that fits is what is meant. */
record OneOf<T>(List<Shape<? extends T>> forms) implements Shape<T> {

  @Override
  public @Nullable T read(Site site) {
    for (Shape<? extends T> form : forms) {
      if (form.fits(site.node())) {
        return form.read(site);
      }
    }
    // A mapping that fits no form: its keys are best judged by the most general one.
    for (Shape<? extends T> form : forms.reversed()) {
      if (isObject(form) && site.node() instanceof Node.Mapping) {
        return form.read(site);
      }
    }
    refuse(site);
    return null;
  }

  private static boolean isObject(Shape<?> form) {
    return form instanceof ObjectOf<?>
        || (form instanceof Shape.Then<?, ?> then && isObject(then.of()));
  }

  private void refuse(Site site) {
    if (site.node() instanceof Node.Scalar scalar) {
      Code code = scalar.ambiguous() ? Code.TYPE : Code.VALUE;
      String message = "expected " + words() + ", found " + scalar.kind();
      site.unknown(code, message, scalar.text(), keywords());
    } else {
      site.wrongKind(words());
    }
  }

  @Override
  public List<String> keywords() {
    return forms.stream().flatMap(form -> form.keywords().stream()).toList();
  }

  @Override
  public boolean fits(Node node) {
    return forms.stream().anyMatch(form -> form.fits(node));
  }

  @Override
  public String words() {
    return forms.stream().map(Shape::words).distinct().collect(Collectors.joining(", or "));
  }
}
