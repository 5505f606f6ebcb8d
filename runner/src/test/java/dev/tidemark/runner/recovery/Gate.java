package dev.tidemark.runner.recovery;

/**
 * Lets a reader read as much as a test grants.
 *
 * <p>Thread-safe: the test grants, the reader's thread passes.
 */
final class Gate {
  private final int end;
  private int granted;
  private int passed;
  private int marked;
  private boolean closed;

  /**
   * A gate that is shut.
   *
   * @param position how far the reader has come
   * @param end how far it ever will
   */
  Gate(int position, int end) {
    this.end = end;
    this.granted = position;
    this.passed = position;
    this.marked = position;
  }

  synchronized void grant(int more) {
    granted = Math.min(end, granted + more);
  }

  synchronized boolean pass() {
    if (passed == granted) {
      return false;
    }
    passed++;
    return true;
  }

  synchronized void marked(int position) {
    marked = position;
  }

  synchronized int marked() {
    return marked;
  }

  synchronized void close() {
    closed = true;
  }

  /** Whether all that was granted is read and has a mark. */
  synchronized boolean isReadUp() {
    return closed || marked >= granted;
  }
}
