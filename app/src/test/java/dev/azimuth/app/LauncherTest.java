package dev.azimuth.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that start Azimuth find what belongs to them, however they are called. */
class LauncherTest {
  @TempDir private Path folder;

  @BeforeEach
  void aJdkThatSaysWhatItWasToldToRun() throws IOException {
    write("jdk/release", "JAVA_VERSION=\"25\"\n");
    program("jdk/bin/java", "#!/bin/sh\necho \"$@\"\n");
    program("jdk/bin/javac", "#!/bin/sh\n");
    Files.createDirectories(folder.resolve("bin"));
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Path program(String name, String text) throws IOException {
    Path file = write(name, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  private String run(Path program) throws IOException, InterruptedException {
    return run(program, "version", "");
  }

  private String run(Path program, String command, String options)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(program.toString(), command).redirectErrorStream(true);
    builder.environment().put("AZIMUTH_JAVA_OPTS", options);
    builder.environment().merge("PATH", folder.resolve("path") + ":", (old, own) -> own + old);
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  /** A relative link to an absolute one. */
  private Path linked(Path program) throws IOException {
    Files.createSymbolicLink(folder.resolve("bin/first"), program);
    return Files.createSymbolicLink(folder.resolve("bin/second"), Path.of("first"));
  }

  @Test
  void thePackagedLauncherWorksThroughLinks() throws Exception {
    Path launcher =
        program("opt/bin/azimuth", Files.readString(Path.of("src/main/launcher/azimuth")));
    write("opt/lib/find-jdk.sh", Files.readString(Path.of("../.mvn/find-jdk.sh")));
    String jar = "-jar " + folder.toRealPath().resolve("opt/lib/azimuth.jar") + " version";
    assertThat(run(launcher)).contains(jar);
    assertThat(run(linked(launcher))).contains(jar);
  }

  @Test
  void aHeapOfTheOperatorsIsNoSmallerThanTheOneToBeginWith() throws Exception {
    Path launcher =
        program("opt/bin/azimuth", Files.readString(Path.of("src/main/launcher/azimuth")));
    write("opt/lib/find-jdk.sh", Files.readString(Path.of("../.mvn/find-jdk.sh")));
    assertThat(run(launcher, "run", "")).contains("-Xms64m");
    assertThat(run(launcher, "run", "-Xss1m -Xmx12m")).contains("-Xmx12m").doesNotContain("-Xms");
  }

  /** The sleep of a tick is none here, and the build lasts until there were many. */
  @Test
  void aBuildShowsThatItGoesOn() throws Exception {
    Path script = program("tree/azimuth", Files.readString(Path.of("../azimuth")));
    write("tree/.mvn/find-jdk.sh", Files.readString(Path.of("../.mvn/find-jdk.sh")));
    Path ticks = write("ticks", "");
    program("path/sleep", "#!/bin/sh\necho >>%s\n".formatted(ticks));
    program("product", "#!/bin/sh\necho started \"$@\"\n");
    program(
        "tree/mvnw",
        """
        #!/bin/sh
        while [ "$(wc -l <%1$s)" -lt 25 ]; do :; done
        mkdir -p app/target/azimuth/bin app/target/azimuth/lib
        cp %2$s app/target/azimuth/bin/azimuth
        : >app/target/azimuth/lib/azimuth.jar
        """
            .formatted(ticks, folder.resolve("product")));
    assertThat(run(script))
        .startsWith("azimuth: building (")
        .contains("azimuth: building, 10 s\nazimuth: building, 20 s\n")
        .containsPattern("azimuth: built in \\d+ s +\nstarted version\n$");
    assertThat(run(script)).as("nothing to build").isEqualTo("started version\n");
  }

  @Test
  void theOneOfTheSourceTreeToo() throws Exception {
    Path script = program("tree/azimuth", Files.readString(Path.of("../azimuth")));
    write("tree/.mvn/find-jdk.sh", Files.readString(Path.of("../.mvn/find-jdk.sh")));
    program("tree/app/target/azimuth/bin/azimuth", "#!/bin/sh\necho started \"$@\"\n");
    write("tree/app/target/azimuth/lib/azimuth.jar", "");
    assertThat(run(script)).isEqualTo("started version\n");
    assertThat(run(linked(script))).isEqualTo("started version\n");
  }
}
