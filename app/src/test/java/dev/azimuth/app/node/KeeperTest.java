package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.orders.Given;
import dev.azimuth.app.orders.Orders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeeperTest {
  private static final Orders ORDERS = Orders.NONE.with(Given.down("eu/fra1"));

  @TempDir private Path folder;

  private final List<Exception> faults = new CopyOnWriteArrayList<>();

  private Keeper keeper(Path directory) {
    return new Keeper(new StateStore(directory), () -> 1000, false, faults::add);
  }

  private static Orders onDisk(Path directory) {
    return new StateStore(directory).read(1000, complaint -> {}).orders();
  }

  @Test
  void ordersAreOnDiskWhenTheWaitIsOver() throws InterruptedException {
    try (Keeper keeper = keeper(folder)) {
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
    assertThat(faults).isEmpty();
  }

  @Test
  void ordersThatTheDiskDoesNotTakeAreSaidToBeNotKeptUntilItDoes()
      throws IOException, InterruptedException {
    Path missing = folder.resolve("missing");
    try (Keeper keeper = keeper(missing)) {
      keeper.keep(ORDERS);
      assertThat(keeper.awaitOrders()).contains("missing");
      assertThat(keeper.notKept()).contains("missing");
      assertThat(faults).isNotEmpty();
      Files.createDirectory(missing);
      keeper.keep(ORDERS);
      assertThat(keeper.awaitOrders()).isNull();
      assertThat(keeper.notKept()).isNull();
      assertThat(onDisk(missing)).isEqualTo(ORDERS);
    }
  }
}
