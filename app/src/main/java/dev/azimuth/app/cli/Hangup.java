package dev.azimuth.app.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * SIGHUP, by which an operator asks for a new look at the configuration. The JDK has no other way
 * to it than {@code sun.misc.Signal}, which every JDK has and javac always warns of; hence by name.
 */
final class Hangup {
  private Hangup() {}

  /**
   * Runs this on every SIGHUP, on a thread of its own.
   *
   * @return false on a system without this signal: the admin API reloads all the same
   */
  static boolean handle(Runnable action) {
    InvocationHandler run =
        (proxy, method, arguments) -> {
          action.run();
          return null;
        };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance("HUP"),
              Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, run));
      return true;
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException) {
        return false;
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("module jdk.unsupported is missing", e);
    }
  }
}
