package dev.azimuth.balancer;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection that ended, or a UDP session.
 *
 * @param client whom it came from
 * @param listener where it came to
 * @param backend {@code pool/backend}; null when none was reached
 * @param retries attempts beyond the first
 * @param connectMicros that connecting took; 0 when none was reached
 * @param firstOctetMicros from then to the first octet of the backend; 0 when none came
 * @param micros from being accepted to the end
 * @param fromClient octets
 * @param fromBackend octets
 * @param failed {@code pool/backend} of the last attempt that failed; null when none did
 * @param cause why that failed, at most some 160 characters of which some may be the backend's own;
 *     null likewise
 */
public record ConnectionRecord(
    String balancer,
    InetSocketAddress client,
    InetSocketAddress listener,
    @Nullable String backend,
    End end,
    int retries,
    long connectMicros,
    long firstOctetMicros,
    long micros,
    long fromClient,
    long fromBackend,
    @Nullable String failed,
    @Nullable String cause) {}
