package dev.tidemark.runner.state.rocks;

import dev.tidemark.runner.state.StateException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * What RocksDB's failures mean to who runs the job, and what to do.
 *
 * <p>Immutable.
 *
 * @param folder of the store
 */
record Failures(Path folder) {
  private static final String KEPT =
      " What was committed is kept: the job can be started again, and goes on from there,";

  /** The folder cannot be opened. */
  StateException opening(Exception cause) {
    return of("opened", cause);
  }

  /** Something cannot be read. */
  StateException reading(RocksDBException cause) {
    return of("read", cause);
  }

  /** A commit, or its sync, failed; whether it is on the disk is not known until it is opened. */
  StateException writing(Exception cause) {
    return of("written", cause);
  }

  /** A copy cannot be made. */
  StateException copying(Path target, Exception cause) {
    return new StateException(
        "the state in " + folder + " cannot be copied to " + target + ": " + cause.getMessage(),
        cause);
  }

  /** The library for this machine is not there, or cannot be unpacked. */
  StateException library(Throwable cause) {
    return new StateException(
        "RocksDB, which keeps the state in "
            + folder
            + ", cannot be loaded: "
            + cause.getMessage()
            + ". It unpacks its library into the folder for temporary files, which has to be "
            + "writable and not mounted noexec: name another by -Djava.io.tmpdir, or by the "
            + "environment variable ROCKSDB_SHAREDLIB_DIR.",
        cause);
  }

  /** Less is there than was committed. */
  StateException lost(long committed, long found) {
    return damaged(
        "epoch " + committed + " was committed, but the last that can be read is " + found, null);
  }

  private StateException damaged(String how, @Nullable Throwable cause) {
    return new StateException(
        "the state in "
            + folder
            + " is damaged: "
            + how
            + ". Check the disk. If you have a copy of the directory, put it back; a snapshot that "
            + "was taken from it may be whole, and a new job can be started from that.",
        cause);
  }

  private StateException of(String done, Exception cause) {
    Status status = cause instanceof RocksDBException rocks ? rocks.getStatus() : null;
    String message = String.valueOf(cause.getMessage());
    if (status != null && status.getCode() == Status.Code.Corruption) {
      return damaged(message, cause);
    }
    String what = "the state in " + folder + " cannot be " + done + ": ";
    return isFull(status, message)
        ? new StateException(
            what + "the disk is full (" + message + ")." + KEPT + " as soon as there is room.",
            cause)
        : new StateException(what + message + "." + KEPT + " as soon as that is mended.", cause);
  }

  private static boolean isFull(@Nullable Status status, String message) {
    return (status != null && status.getSubCode() == Status.SubCode.NoSpace)
        || message.contains("No space left on device")
        || message.contains("Disk quota exceeded");
  }
}
