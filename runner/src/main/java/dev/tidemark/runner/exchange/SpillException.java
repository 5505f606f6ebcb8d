package dev.tidemark.runner.exchange;

import org.jspecify.annotations.Nullable;

/** What does not fit into memory could not be written to disk, or could not be read back. */
public final class SpillException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SpillException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
