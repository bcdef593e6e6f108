package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.orders.Given;
import dev.azimuth.app.orders.Orders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeeperTest {
  private static final Orders ORDERS = Orders.NONE.with(Given.down("eu/fra1"));

  @TempDir private Path folder;

  private final Hearing hearing = new Hearing();
  private final List<String> told = hearing.told;

  private Keeper keeper(Path directory, Duration retry) {
    return new Keeper(new StateStore(directory), () -> 1000, false, retry, hearing);
  }

  private static Orders onDisk(Path directory) {
    return new StateStore(directory).read(1000, complaint -> {}).orders();
  }

  @Test
  void ordersAreOnDiskWhenTheWaitIsOver() throws InterruptedException {
    try (Keeper keeper = keeper(folder, Keeper.RETRY)) {
      keeper.keep(ORDERS);
      assertThat(keeper.awaitOrders()).isNull();
      assertThat(onDisk(folder)).isEqualTo(ORDERS);
      for (int i = 0; i < 20; i++) {
        keeper.keep(ORDERS.cleared());
        keeper.keep(ORDERS);
      }
      assertThat(keeper.awaitOrders()).isNull();
      assertThat(onDisk(folder)).as("the newest").isEqualTo(ORDERS);
    }
    assertThat(told).isEmpty();
  }

  @Test
  void ordersThatTheDiskDoesNotTakeAreSaidToBeNotKeptUntilItDoes()
      throws IOException, InterruptedException {
    Path missing = folder.resolve("missing");
    try (Keeper keeper = keeper(missing, Duration.ofHours(1))) {
      keeper.keep(ORDERS);
      assertThat(keeper.awaitOrders()).contains("missing");
      assertThat(keeper.notKept()).contains("missing");
      assertThat(told).hasSize(1);
      Files.createDirectory(missing);
      keeper.keep(ORDERS);
      assertThat(keeper.awaitOrders()).isNull();
      assertThat(keeper.notKept()).isNull();
      assertThat(onDisk(missing)).isEqualTo(ORDERS);
    }
  }

  @Test
  void ordersThatTheDiskDidNotTakeAreWrittenOnceItDoesThoughNobodyAsks() throws Exception {
    Path missing = folder.resolve("missing");
    try (Keeper keeper = keeper(missing, Duration.ofMillis(5))) {
      keeper.keep(ORDERS);
      assertThat(keeper.awaitOrders())
          .isEqualTo(
              "%s cannot be written (there is no such folder): make room, or mend the folder; it is"
                      .formatted(missing.resolve("orders.json"))
                  + " tried again by itself");
      for (int attempt = 0; attempt < 3; attempt++) {
        keeper.keep(ORDERS);
        assertThat(keeper.awaitOrders()).isNotNull();
      }
      assertThat(told).as("of further attempts nothing is said").hasSize(1);
      Files.createDirectory(missing);
      long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (keeper.notKept() != null && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(keeper.notKept()).isNull();
      assertThat(onDisk(missing)).isEqualTo(ORDERS);
    }
    assertThat(told).hasSize(2).last().isEqualTo("what was ordered");
  }
}
