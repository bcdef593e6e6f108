package dev.azimuth.app.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Signals by which an operator says something: SIGHUP for a new look at the configuration, a second
 * SIGTERM for an end at once. The JDK has no other way to them than {@code sun.misc.Signal}, which
 * every JDK has and javac always warns of; hence by name.
 */
final class Signals {
  private Signals() {}

  /**
   * Runs this on every such signal from now on, on a thread of its own, and nothing else.
   *
   * @param name without SIG
   * @return false where there is no such signal, or it is not for us
   */
  static boolean handle(String name, Runnable action) {
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
              signal.getConstructor(String.class).newInstance(name),
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
