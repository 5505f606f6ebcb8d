package dev.tidemark.benchmarks.workloads;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@link Groups} by hand when they do not fit into memory: each thread deals its part of the
 * elements out to files by the hash of their key, then the files are grouped one by one in a hash
 * map of lists. Frozen.
 */
final class PlainLargeGroups {
  private static final int FILES = 64;
  private static final int BUFFER = 1 << 17;

  private final Size size;
  private final int threads;

  PlainLargeGroups(Size size, int threads) {
    this.size = size;
    this.threads = threads;
  }

  void run() throws Exception {
    Path folder = Files.createTempDirectory("plain-groups");
    try {
      Threads.run(threads, thread -> deal(folder, thread));
      AtomicInteger next = new AtomicInteger();
      Threads.run(threads, thread -> group(folder, next));
    } finally {
      Files.delete(folder);
    }
  }

  private static Path file(Path folder, int thread, int number) {
    return folder.resolve(thread + "-" + number);
  }

  private Void deal(Path folder, int thread) throws IOException {
    FileChannel[] channels = new FileChannel[FILES];
    ByteBuffer[] buffers = new ByteBuffer[FILES];
    for (int i = 0; i < FILES; i++) {
      channels[i] =
          FileChannel.open(
              file(folder, thread, i), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      buffers[i] = ByteBuffer.allocateDirect(BUFFER);
    }
    long end = Threads.start(size.elements(), thread + 1, threads);
    for (long i = Threads.start(size.elements(), thread, threads); i < end; i++) {
      long key = Elements.key(i, size.keys());
      byte[] value = Elements.bytes(i, size.bytes());
      int number = Threads.owner(key, FILES);
      ByteBuffer buffer = buffers[number];
      if (buffer.remaining() < Long.BYTES + value.length) {
        write(channels[number], buffer);
      }
      buffer.putLong(key).put(value);
    }
    for (int i = 0; i < FILES; i++) {
      write(channels[i], buffers[i]);
      channels[i].close();
    }
    return null;
  }

  private static void write(FileChannel channel, ByteBuffer buffer) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  private Void group(Path folder, AtomicInteger next) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    for (int number = next.getAndIncrement(); number < FILES; number = next.getAndIncrement()) {
      Map<Long, List<byte[]>> groups = new HashMap<>();
      for (int thread = 0; thread < threads; thread++) {
        Path file = file(folder, thread, number);
        read(file, buffer, groups);
        Files.delete(file);
      }
      PlainGroups.add(groups);
    }
    return null;
  }

  private void read(Path file, ByteBuffer buffer, Map<Long, List<byte[]>> groups)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      buffer.clear();
      while (channel.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.remaining() >= Long.BYTES + size.bytes()) {
          long key = buffer.getLong();
          byte[] value = new byte[size.bytes()];
          buffer.get(value);
          groups.computeIfAbsent(key, any -> new ArrayList<>()).add(value);
        }
        buffer.compact();
      }
    }
  }
}
