package dev.tidemark.runner.stage.testing;

import dev.tidemark.runner.stage.SharedWork;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Work that the test divides while it is under way; the parts come back to the same operator. */
final class FakeSharedWork implements SharedWork {
  private final Deque<Work> running = new ArrayDeque<>();
  private final Queue<Object> parts = new ArrayDeque<>();
  private int divided;

  @Override
  public void begin(Work work) {
    running.push(work);
  }

  @Override
  public void end(Work work) {
    if (running.pop() != work) {
      throw new AssertionError("ended something else than what was begun last");
    }
  }

  @Override
  public @Nullable Object take(long fromMillis) {
    return parts.poll();
  }

  /** Takes a part of what is under way, if anything is, and if it lets itself be divided. */
  void divide() {
    Work work = running.peek();
    Object part = work == null ? null : work.divide();
    if (part != null) {
      divided++;
      parts.add(part);
    }
  }

  /** How many parts were taken. */
  int divided() {
    return divided;
  }
}
