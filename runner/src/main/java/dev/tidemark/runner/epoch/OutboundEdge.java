package dev.tidemark.runner.epoch;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementEncoder;
import dev.tidemark.translation.graph.Edge;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Where a lane puts elements that another stage takes.
 *
 * <p>Owned by the sending lane.
 */
sealed interface OutboundEdge extends OutputPort
    permits ForwardEdge, OutboundEdge.Encoded, OutboundEdge.Single {

  /** Sends what is held back. */
  void flush();

  /** Makes the end of {@code target} in {@code lane}. */
  static OutboundEdge create(
      InboundEdge target, Components components, KeyGroups keyGroups, int lane) {
    if (target.edge().kind() == Edge.Kind.FORWARD) {
      return new ForwardEdge(target, components, lane);
    }
    Edge edge = target.edge();
    EdgeCoders coders = EdgeCoders.of(components, edge.collection(), target.consumer().fullName());
    ElementEncoder.PageSink sink = (receiver, page) -> target.send(lane, receiver, page);
    ElementEncoder encoder =
        switch (edge.kind()) {
          case EXCHANGE_BY_KEY -> ElementEncoder.byKey(coders, keyGroups, sink);
          case EXCHANGE_ANY -> ElementEncoder.any(coders, keyGroups.lanes(), lane, sink);
          case FORWARD, BROADCAST -> throw new IllegalArgumentException(edge.toString());
        };
    return target.singleElementPages() ? new Single(encoder) : new Encoded(encoder);
  }

  /** Encodes elements into pages. */
  record Encoded(ElementEncoder encoder) implements OutboundEdge {
    @Override
    public void accept(WindowedValue<?> element) {
      encoder.accept(element);
    }

    @Override
    public void accept(@Nullable Object value, WindowedValue<?> like) {
      encoder.accept(value, like);
    }

    @Override
    public void flush() {
      encoder.flush();
    }
  }

  /** Encodes each element into a page of its own. */
  record Single(ElementEncoder encoder) implements OutboundEdge {
    @Override
    public void accept(WindowedValue<?> element) {
      accept(element.getValue(), element);
    }

    @Override
    public void accept(@Nullable Object value, WindowedValue<?> like) {
      encoder.accept(value, like);
      encoder.flush();
    }

    @Override
    public void flush() {}
  }
}
