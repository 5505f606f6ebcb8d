package dev.tidemark.runner.stage;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * The outputs of one node by tag. Remembers the failure of a downstream node, so that a user's
 * function that catches what it should not cannot hide it.
 *
 * <p>Owned by the lane.
 */
public final class Outputs implements WindowedValueMultiReceiver {
  private final Map<String, OutputPort> ports = new HashMap<>();
  private @Nullable Throwable downstreamFailure;

  /** The outputs of the node of {@code context}. */
  public Outputs(NodeContext context) {
    context
        .node()
        .outputs()
        .forEach(
            (localName, collection) ->
                ports.put(localName, new WatchedPort(context.output(collection))));
  }

  /** Remembers what the port throws. */
  private final class WatchedPort implements OutputPort {
    private final OutputPort port;

    WatchedPort(OutputPort port) {
      this.port = port;
    }

    @Override
    public void accept(WindowedValue<?> element) {
      try {
        port.accept(element);
      } catch (RuntimeException | Error e) {
        downstreamFailure = e;
        throw e;
      }
    }

    @Override
    public void accept(@Nullable Object value, WindowedValue<?> like) {
      try {
        port.accept(value, like);
      } catch (RuntimeException | Error e) {
        downstreamFailure = e;
        throw e;
      }
    }
  }

  @Override
  public <T> void output(TupleTag<T> tag, WindowedValue<T> value) {
    port(tag).accept(value);
  }

  /**
   * The output of a tag.
   *
   * @throws IllegalArgumentException if there is none
   */
  public OutputPort port(TupleTag<?> tag) {
    OutputPort port = ports.get(tag.getId());
    if (port == null) {
      throw new IllegalArgumentException(
          "output to the tag '"
              + tag.getId()
              + "', which is not among the outputs "
              + ports.keySet());
    }
    return port;
  }

  /** The failure of a downstream node that happened since the start, or null. */
  public @Nullable Throwable downstreamFailure() {
    return downstreamFailure;
  }
}
