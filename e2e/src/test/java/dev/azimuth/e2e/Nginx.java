package dev.azimuth.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** An nginx that answers every request with one word. Ends and begins as it is told. */
final class Nginx implements AutoCloseable {
  private final String program;
  private final Path folder;
  private final int port;
  private Process process;

  /**
   * @param folder for what it writes, its own
   */
  Nginx(Path folder, String word) throws IOException {
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
          server { listen 127.0.0.1:%d; location / { return 200 "%s"; } }
        }
        """
            .formatted(port, word));
    begin();
  }

  int port() {
    return port;
  }

  void begin() throws IOException {
    process =
        new ProcessBuilder(program, "-p", folder.toString(), "-c", "nginx.conf")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    Patience.until(this::listens);
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
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
