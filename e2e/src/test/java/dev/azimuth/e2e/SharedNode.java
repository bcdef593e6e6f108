package dev.azimuth.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One node, and one client of it, for all tests of a class that only ask. */
final class SharedNode implements BeforeAllCallback, AfterAllCallback {
  private final String yaml;
  private final AzimuthProcess.Options options;
  private Path folder;
  private AzimuthProcess node;
  private DnsClient client;

  /**
   * @param yaml as for {@link AzimuthProcess#start}
   */
  SharedNode(String yaml) {
    this(yaml, AzimuthProcess.Options.USUAL);
  }

  SharedNode(String yaml, AzimuthProcess.Options options) {
    this.yaml = yaml;
    this.options = options;
  }

  AzimuthProcess node() {
    return node;
  }

  DnsClient client() {
    return client;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    folder = Files.createTempDirectory("azimuth");
    node = AzimuthProcess.start(folder, yaml, options);
    client = node.client();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (node != null) {
      client.close();
      node.close();
    }
    List<Path> inside;
    try (Stream<Path> walk = Files.walk(folder)) {
      inside = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : inside) {
      Files.delete(path);
    }
  }
}
