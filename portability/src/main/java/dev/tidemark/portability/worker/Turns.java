package dev.tidemark.portability.worker;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * How many bundles may be at work at a time in the workers of an environment, where that is
 * limited: bundles that share one interpreter's lock only hinder one another.
 *
 * <p>Thread-safe.
 */
public final class Turns {
  private static final Turns UNLIMITED = new Turns(null);

  private final @Nullable Semaphore places;

  private Turns(@Nullable Semaphore places) {
    this.places = places;
  }

  /** Any number. */
  public static Turns unlimited() {
    return UNLIMITED;
  }

  /** One after the other, in the order in which they ask. */
  public static Turns oneAfterTheOther() {
    return new Turns(new Semaphore(1, true));
  }

  /** Whether one may have to wait. */
  public boolean limited() {
    return places != null;
  }

  /** Takes a turn if there is one without waiting. */
  public boolean tryTake() {
    return places == null || places.tryAcquire();
  }

  /** Waits for a turn; who has got it calls {@link #end} when the bundle's functions are done. */
  public void take() throws InterruptedException {
    if (places != null) {
      places.acquire();
    }
  }

  /** Ends a turn. */
  public void end() {
    if (places != null) {
      places.release();
    }
  }
}
