package dev.azimuth.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An nginx that answers every request with one word. Ends and begins as it is told. */
final class Nginx implements AutoCloseable {
  private final String program;
  private final Path folder;
  private final Namespace host;
  private final int port;
  private Process process;

  /**
   * @param folder for what it writes, its own
   */
  Nginx(Path folder, String word) throws IOException {
    this(folder, word, null);
  }

  /**
   * @param host where it runs; null for this one
   */
  Nginx(Path folder, String word, Namespace host) throws IOException {
    this.host = host;
    program = Tools.find("nginx");
    this.folder = folder;
    port = Tools.freePort();
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        daemon off;
        worker_processes 1;
        error_log stderr crit;
        pid nginx.pid;
        events { }
        http {
          access_log off;
          client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;
          uwsgi_temp_path t4; scgi_temp_path t5;
          server { listen %s:%d; location / { return 200 "%s"; } }
        }
        """
            .formatted(address().getHostAddress(), port, word));
    begin();
  }

  InetAddress address() {
    return host == null ? InetAddress.getLoopbackAddress() : host.address();
  }

  int port() {
    return port;
  }

  void begin() throws IOException {
    List<String> command = List.of(program, "-p", folder.toString(), "-c", "nginx.conf");
    process =
        new ProcessBuilder(host == null ? command : host.inside(command))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    Patience.until(this::listens);
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  void end() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end();
  }
}
