package dev.azimuth.app.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.azimuth.health.Echo;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoSocketsTest {
  private static Echo.Question ask(EchoSockets echo, String address, Runnable answered) {
    try {
      return echo.ask(InetAddress.ofLiteral(address), answered);
    } catch (IOException e) {
      return abort("no ICMP here: " + e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void eachQuestionHasItsOwnAnswerOnce(String address) throws Exception {
    try (EchoSockets echo = new EchoSockets()) {
      for (int i = 0; i < 50; i++) {
        Semaphore answers = new Semaphore(0);
        Echo.Question question = ask(echo, address, answers::release);
        question.again();
        assertThat(answers.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        assertThat(answers.tryAcquire(2, TimeUnit.MILLISECONDS)).isFalse();
      }
    }
  }

  @Test
  void whoForgetsAQuestionIsNotTold() throws Exception {
    try (EchoSockets echo = new EchoSockets()) {
      Semaphore first = new Semaphore(0);
      Echo.Question forgotten = ask(echo, "127.0.0.1", first::release);
      assertThat(first.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      forgotten.close();
      forgotten.again();
      CountDownLatch second = new CountDownLatch(1);
      ask(echo, "127.0.0.1", second::countDown);
      assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(first.availablePermits()).isZero();
    }
  }

  @Test
  void aClosedOneAsksNobody() {
    EchoSockets echo = new EchoSockets();
    echo.close();
    assertThatThrownBy(() -> echo.ask(InetAddress.getLoopbackAddress(), () -> {}))
        .isInstanceOf(IOException.class);
  }
}
