package dev.tidemark.runner.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a process has done to the files in a folder; paths are relative to that. */
sealed interface DiskOperation {
  /** A new file. */
  record Create(String path) implements DiskOperation {}

  /** A new folder. */
  record CreateFolder(String path) implements DiskOperation {}

  record Write(String path, long offset, byte[] data) implements DiskOperation {}

  record Truncate(String path, long size) implements DiskOperation {}

  /** Of a file, or of the names in a folder. */
  record Sync(String path) implements DiskOperation {}

  record Rename(String from, String to) implements DiskOperation {}

  record Link(String from, String to) implements DiskOperation {}

  /** Of a file or an empty folder. */
  record Remove(String path) implements DiskOperation {}

  /** Says what it is, without the data. */
  default String text() {
    return this instanceof Write write
        ? "write of " + write.data().length + " bytes at " + write.offset() + " of " + write.path()
        : toString();
  }

  /** Reads what {@code faults.c} has written. */
  static List<DiskOperation> read(Path journal) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(journal)).order(ByteOrder.nativeOrder());
    List<DiskOperation> all = new ArrayList<>();
    while (in.hasRemaining()) {
      char kind = (char) in.get();
      byte[] path = new byte[Short.toUnsignedInt(in.getShort())];
      byte[] other = new byte[Short.toUnsignedInt(in.getShort())];
      long offset = in.getLong();
      byte[] data = new byte[Math.toIntExact(in.getLong())];
      in.get(path).get(other).get(data);
      all.add(of(kind, text(path), text(other), offset, data));
    }
    return all;
  }

  private static String text(byte[] path) {
    return new String(path, StandardCharsets.UTF_8);
  }

  private static DiskOperation of(char kind, String path, String other, long offset, byte[] data) {
    return switch (kind) {
      case 'C' -> new Create(path);
      case 'M' -> new CreateFolder(path);
      case 'W' -> new Write(path, offset, data);
      case 'T' -> new Truncate(path, offset);
      case 'S' -> new Sync(path);
      case 'R' -> new Rename(path, other);
      case 'L' -> new Link(path, other);
      case 'U' -> new Remove(path);
      default -> throw new IllegalArgumentException("an operation " + kind);
    };
  }
}
