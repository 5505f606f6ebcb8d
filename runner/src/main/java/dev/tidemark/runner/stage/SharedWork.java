package dev.tidemark.runner.stage;

import org.jspecify.annotations.Nullable;

/**
 * Lets the lanes of one node share long work: a lane that has nothing to do takes a part of what
 * another one is doing.
 *
 * <p>Each lane has one of its own. Owned by the lane.
 */
public interface SharedWork {
  /** For a host whose lanes do not share. */
  SharedWork NONE =
      new SharedWork() {
        @Override
        public void begin(Work work) {}

        @Override
        public void end(Work work) {}

        @Override
        public @Nullable Object take(long fromMillis) {
          return null;
        }
      };

  /** Work that a lane has begun. Thread-safe. */
  interface Work {
    /** The lowest timestamp, in milliseconds, that the work may still emit. */
    long hold();

    /** How much of it is left, in a unit of the node's own; zero if that is not known. */
    double remaining();

    /**
     * Cuts a part off.
     *
     * @return the part, which is up to the caller now; null if the work cannot be divided
     */
    @Nullable Object divide();
  }

  /** This lane begins {@code work}: others may divide it from now on. */
  void begin(Work work);

  /** This lane has ended {@code work}: nobody divides it any more. */
  void end(Work work);

  /**
   * Called when this lane has nothing more to do for now: waits until a part of what another lane
   * is doing can be had, or none is doing anything.
   *
   * @param fromMillis the lowest timestamp, in milliseconds, that this lane may emit
   * @return what {@link Work#divide} gave; null if there is no more
   */
  @Nullable Object take(long fromMillis) throws InterruptedException;
}
