package dev.azimuth.balancer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One after the other, as an order lays them out. The turn is shared by all loops and not exact:
 * two that ask at once may get the same one.
 */
final class Rotation implements Chooser {
  private static final VarHandle TURN;

  static {
    try {
      TURN = MethodHandles.lookup().findVarHandle(Rotation.class, "turn", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Draw draw;
  private final int[] order;

  @SuppressWarnings("unused") // by its handle
  private volatile int turn = -1;

  /**
   * @param order numbers of backends, each at least once
   */
  Rotation(Draw draw, int[] order) {
    this.draw = draw;
    this.order = order;
  }

  @Override
  public @Nullable Backend choose(Ask ask) {
    int at = (int) TURN.getOpaque(this);
    if (at < 0) {
      // Anywhere: with each change of health there is a new rotation, which must not favour the
      // first of them.
      at = ask.random.nextInt(order.length);
    }
    for (int i = 0; i < order.length; i++) {
      int number = order[at];
      at = at + 1 == order.length ? 0 : at + 1;
      if (!draw.barred(number, ask)) {
        TURN.setOpaque(this, at);
        return draw.backend(number);
      }
    }
    return null;
  }
}
