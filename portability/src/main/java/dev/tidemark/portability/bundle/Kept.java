package dev.tidemark.portability.bundle;

import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.exchange.StoredBytes;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.UnsafeByteOperations;

/**
 * Bytes that wait: in memory as long as the job's budget lasts, else on disk. Whoever keeps them
 * releases them, once.
 *
 * <p>Thread-safe.
 */
sealed interface Kept {

  /** In memory, charged to the budget. */
  record InMemory(ByteString bytes, SpillSpace space) implements Kept {
    @Override
    public ByteString read() {
      return bytes;
    }

    @Override
    public void release() {
      space.budget().release(bytes.size());
    }
  }

  /** On disk. */
  record OnDisk(StoredBytes stored) implements Kept {
    @Override
    public ByteString read() {
      return UnsafeByteOperations.unsafeWrap(stored.read());
    }

    @Override
    public void release() {
      stored.release();
    }
  }

  /**
   * Keeps bytes.
   *
   * @throws dev.tidemark.runner.exchange.SpillException if they had to be written and could not
   */
  static Kept of(ByteString bytes, SpillSpace space) {
    return space.budget().tryReserve(bytes.size())
        ? new InMemory(bytes, space)
        : new OnDisk(StoredBytes.write(space, bytes.toByteArray()));
  }

  /**
   * The bytes.
   *
   * @throws dev.tidemark.runner.exchange.SpillException if they were written and cannot be read
   */
  ByteString read();

  /** Gives back the room that they take. */
  void release();
}
