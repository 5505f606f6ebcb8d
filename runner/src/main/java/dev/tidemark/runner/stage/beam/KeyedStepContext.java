package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TimerRecord;
import java.util.function.LongSupplier;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StepContext;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.jspecify.annotations.Nullable;

/**
 * What Beam's function runners may ask for besides elements: the state and timers of the key that
 * is bound, and bundle finalization.
 *
 * <p>Owned by the lane.
 */
final class KeyedStepContext implements StepContext, CellTimerInternals.Policy {
  private final NodeContext context;
  private final CellTimerInternals timers;
  private final FamilyTimers familyTimers;
  private final DrainedTimers drainedTimers;
  private final StateAddresses addresses = new StateAddresses();
  private @Nullable Key key;
  private @Nullable Cells cells;
  private @Nullable CellStateInternals state;
  private int generation;

  /**
   * For the node of {@code context}.
   *
   * @param inputWatermark what to show as input watermark, in milliseconds
   */
  KeyedStepContext(NodeContext context, LongSupplier inputWatermark) {
    this.context = context;
    this.familyTimers = new FamilyTimers(context);
    this.drainedTimers = new DrainedTimers(context.node().fullName());
    this.timers = new CellTimerInternals(context, inputWatermark, this);
  }

  /** From now on state and timers are those of {@code key}. */
  void bind(Key key) {
    int current = context.cells().generation();
    if (!key.equals(this.key) || generation != current) {
      generation = current;
      this.key = key;
      cells = null;
      state = null;
      timers.bind(key);
    }
  }

  /** Forgets the key: cells are valid until the end of a bundle only. */
  void unbind() {
    key = null;
    cells = null;
    state = null;
  }

  /** The key that is bound. */
  Key key() {
    if (key == null) {
      throw new IllegalStateException(
          "state was asked for outside of an element or timer of a keyed transform");
    }
    return key;
  }

  /** The cells of the key that is bound. */
  Cells cells() {
    if (cells == null) {
      cells = context.cells().forKey(key());
    }
    return cells;
  }

  /** The timers of families that are set for the key that is bound. */
  FamilyTimers familyTimers() {
    return familyTimers;
  }

  /** What becomes of timers when the job drains. */
  DrainedTimers drainedTimers() {
    return drainedTimers;
  }

  @Override
  public StateInternals stateInternals() {
    if (state == null) {
      state = new CellStateInternals(cells(), key().decoded(), addresses);
    }
    return state;
  }

  @Override
  public TimerInternals timerInternals() {
    return timers;
  }

  @Override
  public BundleFinalizer bundleFinalizer() {
    return context::afterCommit;
  }

  @Override
  public @Nullable TimerRecord onSet(TimerRecord timer) {
    if (drainedTimers.drops(timer)) {
      return null;
    }
    familyTimers.onSet(timer);
    return timer;
  }

  @Override
  public void onDelete(String namespace, String family, String id, TimeDomain domain) {
    familyTimers.onGone(key(), namespace, family, id, domain);
  }
}
