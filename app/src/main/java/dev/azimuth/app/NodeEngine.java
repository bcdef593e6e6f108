package dev.azimuth.app;

import dev.azimuth.app.cli.Engine;
import dev.azimuth.app.node.Node;
import dev.azimuth.steering.Explanation;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands' way into the node: filled in by the wiring of the node. */
final class NodeEngine implements Engine {
  @Override
  public String version() {
    String version = NodeEngine.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public Running start(Path config) throws NotStarted {
    throw new NotStarted("this build has no node");
  }

  @Override
  public String validate(Path config, boolean colour) throws InvalidConfiguration {
    throw new InvalidConfiguration("this build has no node");
  }

  @Override
  public String expand(Path config) throws InvalidConfiguration {
    throw new InvalidConfiguration("this build has no node");
  }

  @Override
  public String schema() {
    return "{}";
  }

  @Override
  public Explanation explain(Path config, List<String> down, Question question)
      throws InvalidConfiguration, Node.Refused {
    throw new InvalidConfiguration("this build has no node");
  }

  @Override
  public @Nullable AdminPlace admin(Path config) throws InvalidConfiguration {
    throw new InvalidConfiguration("this build has no node");
  }
}
