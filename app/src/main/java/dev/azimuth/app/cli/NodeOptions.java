package dev.azimuth.app.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which node a command asks, said directly or by the node's configuration. */
final class NodeOptions {
  @Mixin private final AdminOptions admin = new AdminOptions();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Take the admin address and the token from this configuration.")
  private @Nullable Path config;

  AdminClient client(Engine engine) throws Engine.InvalidConfiguration {
    if (config == null) {
      return admin.client(null);
    }
    Engine.AdminPlace place = engine.admin(config);
    if (place == null) {
      throw new Engine.InvalidConfiguration(
          config + ": there is no server.admin, so the node of this file cannot be asked");
    }
    return admin.client(place);
  }
}
