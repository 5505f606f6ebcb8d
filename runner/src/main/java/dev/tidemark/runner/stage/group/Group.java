package dev.tidemark.runner.stage.group;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.jspecify.annotations.Nullable;

/**
 * What a node keeps of one key and window in a value cell: the accumulator, where there is one, and
 * what its panes depend on.
 *
 * <p>Owned by the lane.
 */
public final class Group {
  /** The timestamp of a group without elements that have a say in it. */
  static final long NO_TIMESTAMP = Long.MAX_VALUE;

  private @Nullable Object accumulator;
  private boolean accumulated;
  private long timestampMillis = NO_TIMESTAMP;
  private int panes;
  private boolean fresh;

  /** Whether there is an accumulator. */
  public boolean hasAccumulator() {
    return accumulated;
  }

  /** The accumulator; null if there is none, or if it is null. */
  public @Nullable Object accumulator() {
    return accumulator;
  }

  /** Replaces the accumulator, which may be null. */
  public void setAccumulator(@Nullable Object replacement) {
    accumulated = true;
    accumulator = replacement;
  }

  /** Removes the accumulator. */
  public void removeAccumulator() {
    accumulated = false;
    accumulator = null;
  }

  /** The timestamp of the next pane, in milliseconds, or {@link #NO_TIMESTAMP}. */
  long timestamp() {
    return timestampMillis;
  }

  void setTimestamp(long millis) {
    timestampMillis = millis;
  }

  /** How many panes were emitted. */
  int panes() {
    return panes;
  }

  void setPanes(int count) {
    panes = count;
  }

  /** Whether there are values that were in no pane. */
  boolean isFresh() {
    return fresh;
  }

  void setFresh(boolean fresh) {
    this.fresh = fresh;
  }

  /** Writes groups. Immutable, but for the coder of the accumulators. */
  static final class GroupCoder extends CustomCoder<Group> {
    private static final int FLAG_BITS = 3;
    private static final int TIMED = 4;
    private static final int ACCUMULATED = 2;
    private static final int FRESH = 1;

    private final Coder<@Nullable Object> accumulatorCoder;

    /** Writes groups with such accumulators; they may be null whatever their coder says. */
    @SuppressWarnings("unchecked") // the graph says that accumulators are of the coder's type
    GroupCoder(Coder<?> accumulatorCoder) {
      this.accumulatorCoder = NullableCoder.of((Coder<Object>) accumulatorCoder);
    }

    @Override
    public void encode(Group group, OutputStream out) throws IOException {
      boolean timed = group.timestampMillis != NO_TIMESTAMP;
      int flags =
          (timed ? TIMED : 0) | (group.accumulated ? ACCUMULATED : 0) | (group.fresh ? FRESH : 0);
      VarIntCoder.of().encode(group.panes << FLAG_BITS | flags, out);
      if (timed) {
        VarLongCoder.of().encode(group.timestampMillis, out);
      }
      if (group.accumulated) {
        accumulatorCoder.encode(group.accumulator, out);
      }
    }

    @Override
    public Group decode(InputStream in) throws IOException {
      Group group = new Group();
      int first = VarIntCoder.of().decode(in);
      group.panes = first >> FLAG_BITS;
      group.fresh = (first & FRESH) != 0;
      if ((first & TIMED) != 0) {
        group.timestampMillis = VarLongCoder.of().decode(in);
      }
      if ((first & ACCUMULATED) != 0) {
        group.setAccumulator(accumulatorCoder.decode(in));
      }
      return group;
    }
  }
}
