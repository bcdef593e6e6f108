package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatchTest {
  @TempDir private Path folder;

  @Test
  void aChangeCountsWhenTwoLooksAgreeAndOnlyOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("a.yaml"), "one");
    ConfigWatch watch = new ConfigWatch(List.of(file));
    assertThat(watch.changed(List.of(file))).isFalse();
    Files.writeString(file, "one and two");
    assertThat(watch.changed(List.of(file))).as("just seen").isFalse();
    Files.writeString(file, "one, two and three");
    assertThat(watch.changed(List.of(file))).as("still being written").isFalse();
    assertThat(watch.changed(List.of(file))).as("come to rest").isTrue();
    assertThat(watch.changed(List.of(file))).as("taken").isFalse();
  }

  @Test
  void aNewFileBesideItAndAMissingOneCount() throws IOException {
    Path file = Files.writeString(folder.resolve("a.yaml"), "one");
    ConfigWatch watch = new ConfigWatch(List.of(file));
    Files.writeString(folder.resolve("b.yaml"), "two");
    watch.changed(List.of(file));
    assertThat(watch.changed(List.of(file))).isTrue();
    Files.delete(file);
    watch.changed(List.of(file));
    assertThat(watch.changed(List.of(file))).isTrue();
  }
}
