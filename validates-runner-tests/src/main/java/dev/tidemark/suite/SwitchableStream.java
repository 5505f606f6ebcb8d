package dev.tidemark.suite;

import java.io.IOException;
import java.io.OutputStream;

/** An output stream whose target can be changed. Thread-safe. */
final class SwitchableStream extends OutputStream {
  private OutputStream target = OutputStream.nullOutputStream();

  /** Sends what comes from now on to {@code newTarget}; does not close the old one. */
  synchronized void switchTo(OutputStream newTarget) {
    target = newTarget;
  }

  @Override
  public synchronized void write(int value) throws IOException {
    target.write(value);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    target.write(bytes, offset, length);
  }

  @Override
  public synchronized void flush() throws IOException {
    target.flush();
  }
}
