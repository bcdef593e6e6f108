package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS on one side of a connection, between its socket and what passes. Records are opened and
 * sealed in buffers of the loop; only the part of a record that is not whole yet is kept.
 *
 * <p>Nothing here calls back in the middle of something: what is to be sent is written, and what
 * came is passed on, after all records of one read are opened.
 */
final class Tls {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Of a record: its type, a version and a length (RFC 8446 section 5.1). */
  private static final int HEADER = 5;

  private static final int LENGTH_AT = 3;

  /** Who has so many answered (key updates) without reading the answers means no good. */
  private static final int MOST_ANSWERS = 32;

  private final Leg leg;
  private final Loop loop;
  private final SSLEngine engine;
  private final Runnable shaken;
  private @Nullable ByteBuf rest;
  private boolean shaking = true;

  /** Whether hands are shaken, and nobody wants yet what comes after. */
  private boolean waits;

  private int answers;

  /**
   * @param shaken is run soon after hands are shaken; nothing is passed on before {@link #goOn}
   */
  Tls(Leg leg, SSLEngine engine, Runnable shaken) {
    this.leg = leg;
    loop = leg.connection.loop();
    this.engine = engine;
    this.shaken = shaken;
  }

  /** Begins to shake hands. */
  void begin() {
    ByteBuf out = loop.sealed().clear();
    try {
      engine.beginHandshake();
      proceed(engine.getHandshakeStatus(), out);
      write(out);
    } catch (SSLException e) {
      leg.connection.insecure(leg, e);
    }
  }

  /**
   * Octets came.
   *
   * @param octets the caller's, before and after; what is in them may change
   * @return whether more may be read
   */
  boolean received(ByteBuf octets) {
    if (waits) {
      keep(octets);
      return false;
    }
    if (leg.ended()) {
      return true; // what comes after the end does not count (RFC 8446 section 6.1)
    }
    ByteBuf plain = loop.plain().clear();
    ByteBuf out = loop.sealed().clear();
    SSLException wrong = null;
    try {
      open(octets, plain, out);
      if (!shaking && engine.isInboundDone()) {
        release(); // and what comes after the end is not kept
      } else {
        keep(octets);
      }
    } catch (SSLException e) {
      wrong = e;
      sayWhy(out);
    }
    write(out);
    if (wrong != null) {
      if (plain.isReadable()) {
        leg.pass(plain); // what came whole before counts
      }
      leg.connection.insecure(leg, wrong);
      return false;
    }
    if (waits) {
      leg.soon(shaken);
      return false;
    }
    boolean more = !plain.isReadable() || leg.pass(plain);
    if (!shaking && engine.isInboundDone()) {
      leg.hasEnded();
      return true; // the end of the socket is still to be found
    }
    return more;
  }

  /** Passes on what came with the end of the handshake; whether more may be read. */
  boolean goOn() {
    if (!waits) {
      return true;
    }
    waits = false;
    ByteBuf left = rest;
    if (left == null) {
      return true;
    }
    rest = null;
    try {
      return received(left);
    } finally {
      left.release();
    }
  }

  /** Opens records as far as they are whole and wanted; what is left of them stays. */
  private void open(ByteBuf octets, ByteBuf plain, ByteBuf out) throws SSLException {
    ByteBuf begun = rest;
    if (begun != null) {
      while (begun.isReadable() && (complete(begun, octets) || next(begun, plain, out))) {
        // What there is of it is looked at though it is not whole: the header may be wrong.
      }
      if (begun.isReadable()) {
        return;
      }
      rest = null;
      begun.release();
    }
    while (next(octets, plain, out)) {
      // All that are there.
    }
  }

  /** Takes what the first record still needs, or its header; whether that is anything. */
  private static boolean complete(ByteBuf begun, ByteBuf octets) {
    int there = begun.readableBytes();
    int size =
        there < HEADER ? HEADER : HEADER + begun.getUnsignedShort(begun.readerIndex() + LENGTH_AT);
    int missing = Math.min(size - there, octets.readableBytes());
    if (missing <= 0) {
      return false;
    }
    begun.writeBytes(octets, missing);
    return true;
  }

  /** Opens one record; false when it is not whole, or no more is wanted. */
  private boolean next(ByteBuf from, ByteBuf plain, ByteBuf out) throws SSLException {
    if (waits || engine.isInboundDone()) {
      return false;
    }
    SSLEngineResult result = engine.unwrap(readable(from), writable(plain));
    from.skipBytes(result.bytesConsumed());
    plain.writerIndex(plain.writerIndex() + result.bytesProduced());
    if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
      throw new SSLException("a record is too long");
    }
    proceed(result.getHandshakeStatus(), out);
    return result.bytesConsumed() > 0;
  }

  /** Does what has to be done before anything more is opened. */
  private void proceed(HandshakeStatus status, ByteBuf out) throws SSLException {
    if (!shaking && engine.isInboundDone()) {
      return; // what there may be to answer is said with our own end
    }
    HandshakeStatus now = status;
    while (now == HandshakeStatus.NEED_TASK || now == HandshakeStatus.NEED_WRAP) {
      if (now == HandshakeStatus.NEED_WRAP) {
        now = answer(out);
      } else {
        for (Runnable task; shaking && (task = engine.getDelegatedTask()) != null; ) {
          task.run();
        }
        now = shaking ? engine.getHandshakeStatus() : HandshakeStatus.NEED_UNWRAP;
      }
    }
    boolean done = now == HandshakeStatus.FINISHED || now == HandshakeStatus.NOT_HANDSHAKING;
    if (!shaking && !done) {
      throw new SSLException("hands are shaken once");
    }
    if (shaking && done) {
      if (engine.isInboundDone() || engine.isOutboundDone()) {
        throw new SSLException("an end instead of a handshake");
      }
      shaking = false;
      waits = true;
    }
  }

  private HandshakeStatus answer(ByteBuf out) throws SSLException {
    if ((!shaking && ++answers > MOST_ANSWERS) || out.writableBytes() < Loop.RECORD) {
      throw new SSLException("too much to answer");
    }
    SSLEngineResult result = wrap(NOTHING, out);
    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
      return HandshakeStatus.NOT_HANDSHAKING;
    }
    HandshakeStatus next = result.getHandshakeStatus();
    if (result.bytesProduced() == 0 && next == HandshakeStatus.NEED_WRAP) {
      throw new SSLException("nothing to answer");
    }
    return next;
  }

  /** Adds the alert that says what was wrong, if there is one. */
  private void sayWhy(ByteBuf out) {
    try {
      while (wrap(NOTHING, out).bytesProduced() > 0) {
        // Until it is said.
      }
    } catch (SSLException e) {
      // Then nothing is.
    }
  }

  /** Seals octets and sends them; false when no more should come. */
  boolean take(ByteBuf octets) {
    ByteBuf out = loop.sealed().clear();
    try {
      while (octets.isReadable()) {
        if (out.writableBytes() < Loop.RECORD) {
          leg.write(out);
          out.clear();
        }
        SSLEngineResult result = wrap(readable(octets), out);
        octets.skipBytes(result.bytesConsumed());
        if (result.bytesProduced() == 0) {
          // Its end was that of both directions (RFC 5246 section 7.2.1).
          leg.connection.gone(leg);
          return false;
        }
      }
    } catch (SSLException e) {
      leg.connection.insecure(leg, e);
      return false;
    }
    return write(out);
  }

  /** Says that nothing more will come. */
  void end() {
    write(farewell());
  }

  /** What says that nothing more will come; empty when it is said, or hands are not shaken. */
  ByteBuf farewell() {
    ByteBuf out = loop.sealed().clear();
    if (!shaking && !engine.isOutboundDone()) {
      engine.closeOutbound();
      sayWhy(out);
    }
    return out;
  }

  /** Sends what is sealed, if there is anything; false when no more should come. */
  private boolean write(ByteBuf out) {
    if (!out.isReadable()) {
      return true;
    }
    boolean all = leg.write(out);
    if (all) {
      answers = 0; // only this tells that they are taken
    }
    return all;
  }

  private void keep(ByteBuf octets) {
    if (octets.isReadable()) {
      ByteBuf all = rest;
      if (all == null) {
        all = loop.budget.allocator().directBuffer(octets.readableBytes());
        rest = all;
      }
      all.writeBytes(octets);
    }
  }

  /** Keeps nothing more. */
  void release() {
    if (rest != null) {
      rest.release();
      rest = null;
    }
  }

  /** The JDK seals in the heap, and the copy is cheaper than having it go to and fro. */
  private SSLEngineResult wrap(ByteBuffer octets, ByteBuf out) throws SSLException {
    ByteBuffer record = loop.record.clear();
    SSLEngineResult result = engine.wrap(octets, record);
    out.writeBytes(record.flip());
    return result;
  }

  private static ByteBuffer readable(ByteBuf octets) {
    return octets.internalNioBuffer(octets.readerIndex(), octets.readableBytes());
  }

  private static ByteBuffer writable(ByteBuf into) {
    return into.internalNioBuffer(into.writerIndex(), into.writableBytes());
  }
}
