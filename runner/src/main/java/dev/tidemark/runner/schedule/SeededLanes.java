package dev.tidemark.runner.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Runs the lanes one after the other on the caller's thread, in an order that a seed decides, so
 * that a run can be repeated exactly.
 *
 * <p>Owned by the driver.
 */
public final class SeededLanes implements LaneScheduler {
  private final int lanes;
  private final Random random;
  private volatile @Nullable Thread running;

  /** Makes a scheduler of {@code lanes} lanes. */
  public SeededLanes(int lanes, long seed) {
    this.lanes = lanes;
    this.random = new Random(seed);
  }

  @Override
  public void runAll(LaneTask task) throws Exception {
    List<Integer> order = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      order.add(lane);
    }
    Collections.shuffle(order, random);
    Throwable first = null;
    running = Thread.currentThread();
    for (int lane : order) {
      try {
        task.run(lane);
      } catch (Exception | Error e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    running = null;
    if (first instanceof Error error) {
      throw error;
    }
    if (first != null) {
      throw (Exception) first;
    }
  }

  @Override
  public void interrupt() {
    Thread lane = running;
    if (lane != null) {
      lane.interrupt();
    }
  }

  @Override
  public void close() {}
}
