package dev.azimuth.app.config;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
      if (form instanceof ObjectOf<?> && site.node() instanceof Node.Mapping) {
        return form.read(site);
      }
    }
    String hint = null;
    if (site.node() instanceof Node.Scalar scalar) {
      hint = site.reading().problems().nearest(scalar.text(), keywords());
    }
    Code code = site.node() instanceof Node.Scalar s && !s.ambiguous() ? Code.VALUE : Code.TYPE;
    if (hint != null || code == Code.VALUE) {
      site.error(code, "expected " + words() + ", found " + site.node().kind(), hint);
    } else {
      site.wrongKind(words());
    }
    return null;
  }

  private List<String> keywords() {
    return forms.stream().flatMap(OneOf::keywords).toList();
  }

  private static Stream<String> keywords(Shape<?> form) {
    return switch (form) {
      case Shape.Keyword<?> keyword -> keyword.values().keySet().stream();
      case Shape.Then<?, ?> then -> keywords(then.of());
      case Shape.Ranged<?> ranged -> keywords(ranged.of());
      case Shape.Scalar<?> other -> Stream.empty();
      case Shape.Reference other -> Stream.empty();
      case Shape.Later<?> other -> Stream.empty();
      case ListOf<?> other -> Stream.empty();
      case MapOf<?> other -> Stream.empty();
      case ObjectOf<?> other -> Stream.empty();
      case OneOf<?> other -> other.forms().stream().flatMap(OneOf::keywords);
    };
  }

  @Override
  public boolean fits(Node node) {
    return forms.stream().anyMatch(form -> form.fits(node));
  }

  @Override
  public String words() {
    return forms.stream()
        .filter(form -> !(form instanceof Shape.Later))
        .map(Shape::words)
        .distinct()
        .collect(Collectors.joining(", or "));
  }
}
