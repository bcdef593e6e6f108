package dev.azimuth.app.node;

import dev.azimuth.app.node.Node.Refused;
import java.util.List;

/** Finds the backend that an operator means. */
final class BackendName {
  private BackendName() {}

  /**
   * @param said {@code pool/backend}, or the backend's name alone where that is unambiguous
   * @param backends every {@code pool/backend}
   * @return {@code pool/backend}
   */
  static String resolve(String said, List<String> backends) throws Refused {
    if (backends.contains(said)) {
      return said;
    }
    List<String> matches = backends.stream().filter(b -> b.endsWith("/" + said)).toList();
    return switch (matches.size()) {
      case 0 ->
          throw new Refused(
              "no backend is called \"" + said + "\"; azimuth status lists them as pool/backend");
      case 1 -> matches.getFirst();
      default ->
          throw new Refused(
              "\"" + said + "\" is ambiguous: say one of " + String.join(", ", matches));
    };
  }
}
