package dev.azimuth.net;

import java.nio.ByteOrder;
import java.util.Set;

/** What this process can call. Apart from {@link LinuxCalls}, whose loading needs it. */
final class Platform {

  private static final Set<String> ARCHITECTURES = Set.of("amd64", "x86_64", "aarch64");

  /** Whether {@link LinuxCalls} can be used: a system whose layouts we know, and leave to call. */
  static final boolean HAS_NATIVE_CALLS =
      System.getProperty("os.name", "").equals("Linux")
          && ARCHITECTURES.contains(System.getProperty("os.arch", ""))
          && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
          && Platform.class.getModule().isNativeAccessEnabled();

  private Platform() {}
}
