package dev.azimuth.e2e;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM holds, in numbers and not in octets: one small thing kept for each of a few thousand
 * packets shows in them, and not in the memory of the process.
 *
 * @param objects on its heap that can be reached
 * @param allocations of native memory by Java code that were not freed
 * @param descriptors that are open
 */
record Footprint(long objects, long allocations, long descriptors) {
  /** The JVM has to be started with these. */
  static final List<String> JVM =
      List.of("-XX:NativeMemoryTracking=summary", "-Dio.netty.leakDetection.level=paranoid");

  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +(\\d+) ");
  private static final Pattern OTHER = Pattern.compile("tag=Other #(\\d+)\\)");

  static Footprint of(long pid) throws IOException {
    return new Footprint(
        number(TOTAL, jcmd(pid, "GC.class_histogram")), // collects all garbage before it counts
        number(OTHER, jcmd(pid, "VM.native_memory", "summary")),
        descriptors(pid));
  }

  static int descriptors(long pid) {
    String[] open = new File("/proc/" + pid + "/fd").list();
    return open == null ? 0 : open.length;
  }

  private static String jcmd(long pid, String... command) throws IOException {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    all.add(Long.toString(pid));
    all.addAll(List.of(command));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static long number(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("no " + pattern + " in " + text);
    }
    return Long.parseLong(matcher.group(1));
  }
}
