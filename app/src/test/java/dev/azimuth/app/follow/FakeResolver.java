package dev.azimuth.app.follow;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;

/** Answers from a table that the test fills; a question that is not in it is never answered. */
final class FakeResolver implements Resolver {

  /** Every question so far, as {@code name TYPE}. */
  final List<String> asked = new ArrayList<>();

  private final Map<String, CompletionStage<Message>> answers = new HashMap<>();

  /** Answers with records in the syntax of master files. */
  void answer(String question, String... records) {
    answer(question, Rcode.NOERROR, records);
  }

  void answer(String question, int rcode, String... records) {
    answers.put(question, CompletableFuture.completedFuture(message(rcode, records)));
  }

  void fail(String question, Exception failure) {
    answers.put(question, CompletableFuture.failedFuture(failure));
  }

  static Message message(int rcode, String... records) {
    Message message = new Message();
    message.getHeader().setFlag(Flags.QR);
    message.getHeader().setRcode(rcode);
    for (String record : records) {
      message.addRecord(parse(record), Section.ANSWER);
    }
    return message;
  }

  private static Record parse(String text) {
    try (Master master =
        new Master(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)), Name.root)) {
      return master.nextRecord();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public CompletionStage<Message> sendAsync(Message query) {
    String question =
        query.getQuestion().getName() + " " + Type.string(query.getQuestion().getType());
    asked.add(question);
    CompletionStage<Message> answer = answers.get(question);
    return answer == null ? new CompletableFuture<>() : answer;
  }

  @Override
  public void setPort(int port) {}

  @Override
  public void setTCP(boolean flag) {}

  @Override
  public void setIgnoreTruncation(boolean flag) {}

  @Override
  public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {}

  @Override
  public void setTSIGKey(TSIG key) {}

  @Override
  public void setTimeout(Duration timeout) {}
}
