package dev.tidemark.runner.exchange;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/**
 * Pages in a file, appended once and read many times: compressed, and checked when they are read.
 *
 * <p>A page is a header (see {@link #HEADER_BYTES}), its columns, its payload. Columns are mostly
 * alike and shrink to little.
 *
 * <p>The file's name goes when the last of those that {@link #retain} it has released it. Who still
 * reads then may go on: the open file is closed by {@link #close}, or when it becomes garbage.
 * Thread-safe.
 */
public final class PageFile {
  /** Lengths of the columns and of the payload, as they are and as stored; checksum of the rest. */
  private static final int HEADER_BYTES = 5 * Integer.BYTES;

  /** Above it a payload is stored as it is: copies of it would cost too much memory. */
  private static final int LARGEST_COMPRESSED = 32 << 20;

  private final Path path;
  // Not a FileChannel: an interrupt of one reader would close it for all of them.
  private final RandomAccessFile file;
  private final AtomicInteger users = new AtomicInteger(1);
  private long end;

  private PageFile(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Makes an empty file with one user, the caller.
   *
   * @throws SpillException if it cannot be made
   */
  static PageFile create(ScratchSpace scratch) {
    try {
      Path path = scratch.createFile();
      return new PageFile(path, new RandomAccessFile(path.toFile(), "rw"));
    } catch (IOException e) {
      throw new SpillException(
          "cannot make a scratch file for what does not fit into memory (--scratchDir names "
              + "another folder): "
              + e,
          e);
    }
  }

  /** How many bytes were appended. */
  synchronized long size() {
    return end;
  }

  /** Makes the caller one more user. */
  void retain() {
    users.incrementAndGet();
  }

  /** Ends one use; returns whether it was the last one, with which the file's name goes. */
  boolean release() {
    if (users.decrementAndGet() > 0) {
      return false;
    }
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // Where an open file cannot be deleted it goes with its folder, at the end of the job.
    }
    return true;
  }

  /** Closes the file; nobody may read it any more. */
  void close() {
    try {
      file.close();
    } catch (IOException e) {
      // Nothing is lost: all that it held was read, or nobody will.
    }
  }

  /**
   * Appends a page.
   *
   * @return the address to read it by
   * @throws SpillException if it cannot be written
   */
  long append(RecordBatch page) {
    byte[] columns = page.columns();
    byte[] payload = page.payload();
    int length = page.payloadBytes();
    try {
      byte[] storedColumns = Snappy.compress(columns);
      byte[] stored = payload;
      int storedLength = length;
      if (length <= LARGEST_COMPRESSED) {
        byte[] compressed = new byte[Snappy.maxCompressedLength(length)];
        int compressedLength = Snappy.compress(payload, 0, length, compressed, 0);
        if (compressedLength < length) {
          stored = compressed;
          storedLength = compressedLength;
        }
      }
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      header.putInt(columns.length).putInt(storedColumns.length).putInt(length);
      header.putInt(storedLength).putInt(checksum(storedColumns, stored, storedLength));
      return write(header.array(), storedColumns, stored, storedLength);
    } catch (IOException e) {
      throw new SpillException(
          "cannot write to the scratch file "
              + path
              + ", which takes what does not fit into memory (--scratchDir names another folder): "
              + e,
          e);
    }
  }

  private synchronized long write(byte[] header, byte[] columns, byte[] payload, int length)
      throws IOException {
    long address = end;
    file.seek(address);
    file.write(header);
    file.write(columns);
    file.write(payload, 0, length);
    end = address + header.length + columns.length + length;
    return address;
  }

  /**
   * Reads the page that was appended at {@code address}.
   *
   * @throws SpillException if it cannot be read, or is not what was written
   */
  RecordBatch read(long address) {
    try {
      byte[] head = new byte[HEADER_BYTES];
      ByteBuffer header = ByteBuffer.wrap(head);
      byte[] columns;
      byte[] payload;
      synchronized (this) {
        file.seek(address);
        file.readFully(head);
        int columnBytes = header.getInt(4);
        int payloadBytes = header.getInt(12);
        if (columnBytes < 0
            || payloadBytes < 0
            || address + HEADER_BYTES + columnBytes + payloadBytes > end) {
          throw damaged(address, null);
        }
        columns = new byte[columnBytes];
        file.readFully(columns);
        payload = new byte[payloadBytes];
        file.readFully(payload);
      }
      return decode(address, header, columns, payload);
    } catch (IOException e) {
      throw damaged(address, e);
    }
  }

  private RecordBatch decode(long address, ByteBuffer header, byte[] columns, byte[] payload)
      throws IOException {
    int length = header.getInt(8);
    if (header.getInt(16) != checksum(columns, payload, payload.length)) {
      throw damaged(address, null);
    }
    byte[] plain = payload.length == length ? payload : Snappy.uncompress(payload);
    byte[] plainColumns = Snappy.uncompress(columns);
    if (plain.length != length || plainColumns.length != header.getInt(0)) {
      throw damaged(address, null);
    }
    return RecordBatch.of(plainColumns, plain);
  }

  private static int checksum(byte[] columns, byte[] payload, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(columns);
    checksum.update(payload, 0, length);
    return (int) checksum.getValue();
  }

  private SpillException damaged(long address, @Nullable IOException e) {
    return new SpillException(
        "the scratch file "
            + path
            + " is damaged at "
            + address
            + ": it does not hold what was written there; was it changed, or is the disk failing?",
        e);
  }
}
