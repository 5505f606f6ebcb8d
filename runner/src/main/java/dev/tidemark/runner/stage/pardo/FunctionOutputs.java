package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Outputs;
import dev.tidemark.runner.stage.beam.UserFunction;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a function emits, by tag: with the timestamp, windows and pane of what it was called with,
 * unless it says otherwise.
 *
 * <p>Owned by the lane.
 */
final class FunctionOutputs implements DoFn.MultiOutputReceiver {
  private final AllowedSkew skew;
  private final Map<TupleTag<?>, Coder<?>> coders;
  private final Map<TupleTag<?>, TaggedOutput> byTag = new HashMap<>();
  private final TaggedOutput main;
  private Origin origin = new Origin();

  /**
   * The outputs of {@code function}.
   *
   * @param ports where they go
   */
  FunctionOutputs(UserFunction function, Outputs ports) {
    this.skew = new AllowedSkew(function.fn());
    this.coders = function.outputCoders();
    this.main =
        new TaggedOutput(
            this,
            function.mainOutput(),
            function.outputCoders().containsKey(function.mainOutput())
                ? ports.port(function.mainOutput())
                : null);
    byTag.put(function.mainOutput(), main);
    for (TupleTag<?> tag : function.additionalOutputs()) {
      byTag.put(tag, new TaggedOutput(this, tag, ports.port(tag)));
    }
  }

  /** Begins a bundle. */
  void startBundle() {
    origin = new Origin();
  }

  /**
   * What comes out from now on comes of an element.
   *
   * @param value the element itself
   * @param like has all that the element has beside its value
   */
  void comeOf(@Nullable Object value, WindowedValue<?> like) {
    Origin element = origin;
    element.value = value;
    element.like = like;
    element.afterEndOfTime = false;
  }

  /**
   * What comes out from now on comes of a timer.
   *
   * @param like has the timer's output timestamp, its window and no pane
   */
  void comeOfTimer(WindowedValue<?> like) {
    comeOf(null, like);
    origin.afterEndOfTime = like.getTimestamp().isAfter(BoundedWindow.TIMESTAMP_MAX_VALUE);
  }

  /** Ends what {@link #comeOf} or {@link #comeOfTimer} began. */
  void comeOfNothing() {
    origin = new Origin();
  }

  /** The value of the element that the function was called with. */
  @Nullable Object value() {
    return origin.value;
  }

  /**
   * What the function was called with, but for an element's value.
   *
   * @throws IllegalStateException if the call has ended
   */
  WindowedValue<?> origin() {
    WindowedValue<?> like = origin.like;
    if (like == null) {
      throw new IllegalStateException(
          "an element, a timer or an output was used after the call that it was given to had"
              + " ended");
    }
    return like;
  }

  /** Emits a value like what the function was called with. */
  void emit(OutputPort port, @Nullable Object value) {
    WindowedValue<?> like = origin();
    if (origin.afterEndOfTime) {
      // That of a timer that was set without an output timestamp.
      skew.checkOutput(like.getTimestamp(), like.getTimestamp());
    }
    port.accept(value, like);
  }

  /**
   * Checks the timestamp of an output.
   *
   * @throws IllegalArgumentException if it must not have it
   */
  void check(Instant timestamp) {
    skew.checkOutput(origin().getTimestamp(), timestamp);
  }

  /** The main output. */
  TaggedOutput main() {
    return main;
  }

  /** The output of a tag; one that is unknown takes nothing. */
  TaggedOutput of(TupleTag<?> tag) {
    TaggedOutput output = byTag.get(tag);
    return output == null ? new TaggedOutput(this, tag, null) : output;
  }

  @Override
  @SuppressWarnings("unchecked") // the tag says what the output takes
  public <T> DoFn.OutputReceiver<T> get(TupleTag<T> tag) {
    return (DoFn.OutputReceiver<T>) of(tag);
  }

  @Override
  public <T> DoFn.OutputReceiver<Row> getRowReceiver(TupleTag<T> tag) {
    Coder<?> coder = coders.get(tag);
    if (coder == null) {
      throw new IllegalStateException("No output tag for " + tag);
    }
    if (!(coder instanceof SchemaCoder<?> schema)) {
      throw new IllegalStateException(
          "Output with tag " + tag + " must have a schema in order to call getRowReceiver");
    }
    return new RowOutput(of(tag), schema);
  }

  /** The main output, which takes rows. */
  DoFn.OutputReceiver<Row> rows() {
    if (!(coders.get(main.tag()) instanceof SchemaCoder<?> schema)) {
      throw new IllegalStateException("cannot provide row receiver without schema coder");
    }
    return new RowOutput(main, schema);
  }

  /**
   * What a function was called with. Each bundle has one of its own, as it is written to in every
   * call: what is written into an object that has become old, the garbage collector has to be told,
   * one by one, which takes longer than all else that is done for a step.
   */
  private static final class Origin {
    private @Nullable Object value;
    private @Nullable WindowedValue<?> like;
    private boolean afterEndOfTime;
  }
}
