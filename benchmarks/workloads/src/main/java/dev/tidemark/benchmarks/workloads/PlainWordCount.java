package dev.tidemark.benchmarks.workloads;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * {@link WordCount} by hand: each thread reads its part of the file line by line and counts in a
 * hash map; at the end the maps become one. Frozen.
 */
final class PlainWordCount {
  private static final int BUFFER = 1 << 18;

  private final Path file;
  private final int threads;

  PlainWordCount(Size size, int threads) {
    this.file = Path.of(size.text());
    this.threads = threads;
  }

  void run() throws Exception {
    Map<String, long[]> all = new HashMap<>();
    for (Map<String, long[]> part : Threads.run(threads, this::count)) {
      part.forEach((word, count) -> all.computeIfAbsent(word, any -> new long[1])[0] += count[0]);
    }
    long sum = 0;
    for (Map.Entry<String, long[]> count : all.entrySet()) {
      sum += Elements.hash(count.getKey(), count.getValue()[0]);
    }
    Checksum.add(sum, all.size());
  }

  /** Counts the lines that begin in the part of a thread. */
  private Map<String, long[]> count(int thread) throws IOException {
    Map<String, long[]> counts = new HashMap<>();
    try (FileChannel channel = FileChannel.open(file)) {
      long from = Threads.start(channel.size(), thread, threads);
      long to = Threads.start(channel.size(), thread + 1, threads);
      if (from == to) {
        return counts;
      }
      // The line that the byte before belongs to is another thread's.
      boolean skip = from > 0;
      channel.position(skip ? from - 1 : 0);
      long lineStart = channel.position();
      byte[] bytes = new byte[BUFFER];
      int kept = 0;
      while (true) {
        int read = channel.read(ByteBuffer.wrap(bytes, kept, bytes.length - kept));
        int end = kept + Math.max(0, read);
        int start = 0;
        for (int at = kept; at < end; at++) {
          if (bytes[at] != '\n') {
            continue;
          }
          if (!skip) {
            add(new String(bytes, start, at - start, StandardCharsets.UTF_8), counts);
          }
          skip = false;
          lineStart += at + 1 - start;
          start = at + 1;
          if (lineStart >= to) {
            return counts;
          }
        }
        if (read < 0) {
          if (!skip && start < end) {
            add(new String(bytes, start, end - start, StandardCharsets.UTF_8), counts);
          }
          return counts;
        }
        kept = end - start;
        byte[] next = kept > bytes.length / 2 ? new byte[2 * bytes.length] : bytes;
        System.arraycopy(bytes, start, next, 0, kept);
        bytes = next;
      }
    }
  }

  private static void add(String line, Map<String, long[]> counts) {
    Elements.words(line, word -> counts.computeIfAbsent(word, any -> new long[1])[0]++);
  }
}
