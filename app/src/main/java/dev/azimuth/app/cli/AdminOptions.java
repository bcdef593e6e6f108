package dev.azimuth.app.cli;

import dev.azimuth.app.host.Printable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The admin address of a node, and the token that it wants. */
final class AdminOptions {
  private static final URI USUAL_ADDRESS = URI.create("http://127.0.0.1:8053");
  private static final Path USUAL_TOKEN = Path.of("/var/lib/azimuth/token");

  @Option(
      names = "--admin",
      paramLabel = "URL",
      defaultValue = "${env:AZIMUTH_ADMIN}",
      converter = Address.class,
      description = "Admin address of the node. Else AZIMUTH_ADMIN, else http://127.0.0.1:8053.")
  private @Nullable URI address;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      defaultValue = "${env:AZIMUTH_TOKEN_FILE}",
      description =
          "Holds the token that changes need. Else AZIMUTH_TOKEN_FILE, else"
              + " /var/lib/azimuth/token.")
  private @Nullable Path tokenFile;

  /**
   * @param place what to use for everything that was not said; null for the usual place
   */
  AdminClient client(Engine.@Nullable AdminPlace place) {
    URI from = place == null ? USUAL_ADDRESS : place.address();
    Path token = place == null ? usualToken() : place.token();
    return new AdminClient(address == null ? from : address, said(tokenFile) ? tokenFile : token);
  }

  /** A variable of the environment that is empty says nothing. */
  private static boolean said(@Nullable Path file) {
    return file != null && !file.toString().isEmpty();
  }

  private static @Nullable Path usualToken() {
    return Files.exists(USUAL_TOKEN) ? USUAL_TOKEN : null;
  }

  /** Reads {@code http://HOST:PORT}, {@code https://…} and, for the former, {@code HOST:PORT}. */
  static final class Address implements ITypeConverter<URI> {
    private static final Pattern WHOLE = Pattern.compile("(?i)https?://.*");

    @Override
    public @Nullable URI convert(String text) {
      if (text.isEmpty()) {
        return null; // as a variable of the environment may be
      }
      boolean bare = !WHOLE.matcher(text).matches();
      try {
        URI address = new URI(bare ? "http://" + text : text).parseServerAuthority();
        int port = address.getPort();
        if (address.getHost() != null && (port < 0 ? !bare : port > 0 && port <= 0xffff)) {
          return address;
        }
      } catch (URISyntaxException e) {
        // Said below, with what is expected.
      }
      throw new TypeConversionException(
          "\"%s\" (from --admin or AZIMUTH_ADMIN) is no admin address; write %s"
              .formatted(Printable.of(text), USUAL_ADDRESS));
    }
  }
}
