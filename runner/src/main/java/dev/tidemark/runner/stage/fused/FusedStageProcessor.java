package dev.tidemark.runner.stage.fused;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.NodeProgress;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.PageProcessor;
import dev.tidemark.runner.stage.StageContext;
import dev.tidemark.runner.stage.StageProcessor;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementDecoder;
import dev.tidemark.runner.stage.codec.KeyEncoder;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * A stage whose nodes run in the host's JVM, connected by direct calls.
 *
 * <p>An element that enters is pushed through the whole chain before the next one. Then {@link
 * #advance} goes over the nodes in topological order: each takes its input watermark from the nodes
 * before it, fires its timers and finishes its bundle, all of which may push further elements down
 * the chain, before the next node's turn.
 *
 * <p>Owned by the lane.
 */
public final class FusedStageProcessor implements StageProcessor {
  private final StageContext context;
  private final CurrentKey currentKey = new CurrentKey();
  private final Map<NodeId, NodeRuntime> runtimes = new LinkedHashMap<>();
  private final Map<Edge, ElementDecoder> decoders = new HashMap<>();
  private final Map<Edge, KeyEncoder> keyEncoders = new HashMap<>();

  /**
   * Makes the processor of one stage and lane; nothing is opened yet.
   *
   * @param context what the host offers
   * @param processors makes the processor of each node that is not a source
   */
  public FusedStageProcessor(StageContext context, Function<Node, NodeProcessor> processors) {
    this.context = context;
    for (Node node : context.stage().nodes()) {
      NodeProcessor processor =
          node.isSource() ? SourceNodeProcessor.INSTANCE : processors.apply(node);
      runtimes.put(node.id(), new NodeRuntime(node, processor, context, currentKey));
    }
    for (NodeRuntime runtime : runtimes.values()) {
      for (CollectionId collection : runtime.node().outputs().values()) {
        runtime.connect(collection, consumers(runtime.node().id(), collection));
      }
      for (Edge edge : context.stage().innerEdges()) {
        if (edge.consumer().equals(runtime.node().id())) {
          runtime.upstreams().addInner(runtime(edge.producer()));
        }
      }
      for (Edge edge : context.stage().incoming()) {
        if (edge.kind() != Edge.Kind.BROADCAST && edge.consumer().equals(runtime.node().id())) {
          runtime.upstreams().addOuter(edge);
        }
      }
    }
    // What elements set off in processing time may come before the end of time, which a key's last
    // element would bring along.
    if (!context.policy().streaming() && !context.policy().processingTime()) {
      context.stage().incoming().forEach(this::sort);
    }
  }

  /** Has what comes over an edge sorted if that is for functions with state. */
  private void sort(Edge edge) {
    List<NodeRuntime> stateful =
        KeySortedInput.statefulBehind(context.stage(), edge).stream().map(this::runtime).toList();
    if (!stateful.isEmpty()) {
      NodeRuntime receiver = runtime(edge.consumer());
      receiver
          .upstreams()
          .addSorted(new KeySortedInput(context, currentKey, edge, receiver, stateful));
      stateful.forEach(NodeRuntime::setSortedByTime);
    }
  }

  private List<OutputPort> consumers(NodeId producer, CollectionId collection) {
    List<OutputPort> ports = new ArrayList<>();
    for (Edge edge : context.stage().innerEdges()) {
      if (edge.producer().equals(producer) && edge.collection().equals(collection)) {
        ports.add(runtime(edge.consumer()));
      }
    }
    ports.addAll(context.outgoing(producer, collection));
    return ports;
  }

  private NodeRuntime runtime(NodeId id) {
    NodeRuntime runtime = runtimes.get(id);
    if (runtime == null) {
      throw new IllegalArgumentException("no node " + id + " in stage " + context.stage().id());
    }
    return runtime;
  }

  @Override
  public void resume(NodeId node, NodeProgress progress) {
    runtime(node).resume(progress);
  }

  @Override
  public void open() {
    for (NodeRuntime runtime : runtimes.values()) {
      runtime.open();
    }
  }

  @Override
  public void beginRound(Upstream upstream) {
    for (NodeRuntime runtime : runtimes.values()) {
      runtime.beginRound(upstream);
    }
  }

  @Override
  public void processPage(Edge edge, RecordBatch page) {
    if (edge.kind() == Edge.Kind.FORWARD) {
      processForwarded(edge, page);
      return;
    }
    NodeRuntime consumer = runtime(edge.consumer());
    if (consumer.processor() instanceof PageProcessor processor) {
      consumer.processPage(processor, page);
      return;
    }
    KeySortedInput sorted = consumer.upstreams().sorted();
    if (sorted != null) {
      sorted.add(page);
      return;
    }
    ElementDecoder decoder = decoder(edge);
    boolean keyed = edge.kind() == Edge.Kind.EXCHANGE_BY_KEY;
    currentKey.renew();
    decoder.start(page);
    while (decoder.next()) {
      if (keyed) {
        currentKey.set(decoder.key());
      }
      consumer.accept(decoder.value(), decoder.position());
    }
  }

  private void processForwarded(Edge edge, RecordBatch page) {
    ElementDecoder decoder = decoder(edge);
    decoder.start(page);
    while (decoder.next()) {
      process(edge, OutputPort.element(decoder.value(), decoder.position()));
    }
  }

  private EdgeCoders coders(Edge edge, Node consumer) {
    return EdgeCoders.of(context.components(), edge.collection(), consumer.fullName());
  }

  private ElementDecoder decoder(Edge edge) {
    return decoders.computeIfAbsent(edge, this::newDecoder);
  }

  private ElementDecoder newDecoder(Edge edge) {
    Node consumer = runtime(edge.consumer()).node();
    EdgeCoders coders = coders(edge, consumer);
    if (edge.kind() != Edge.Kind.EXCHANGE_BY_KEY) {
      return ElementDecoder.unkeyed(coders, false);
    }
    ElementDecoder decoder = ElementDecoder.keyed(coders, false);
    if (consumer.operation() instanceof Operation.ParDo) {
      decoder.useKeysOf(context.cells(consumer.id()));
    }
    return decoder;
  }

  @Override
  public void process(Edge edge, WindowedValue<?> element) {
    NodeRuntime consumer = runtime(edge.consumer());
    if (consumer.node().operation().needsKeys()) {
      // The element is in the right lane, but nobody has looked at its key on the way.
      currentKey.set(
          keyEncoders
              .computeIfAbsent(edge, e -> KeyEncoder.of(coders(e, consumer.node())))
              .keyOf(element));
    }
    consumer.accept(element);
  }

  @Override
  public OutputPort sourcePort(NodeId source) {
    return runtime(source).sourcePort();
  }

  @Override
  public boolean advance(Upstream upstream) {
    boolean complete = true;
    for (NodeRuntime runtime : runtimes.values()) {
      KeySortedInput sorted = runtime.upstreams().sorted();
      if (sorted != null) {
        sorted.advance(upstream, decoder(sorted.edge()));
      }
      complete &= runtime.advance(upstream);
    }
    return complete;
  }

  @Override
  public NodeProgress progress(NodeId node) {
    return runtime(node).progress();
  }

  @Override
  public long outputWatermark(NodeId node) {
    return runtime(node).outputWatermark();
  }

  @Override
  public long undrainedWatermark(NodeId node) {
    return runtime(node).undrainedWatermarks().output();
  }

  @Override
  public long sideInputHold(NodeId node) {
    return runtime(node).sideInputHold();
  }

  @Override
  public long pendingProcessingTime(NodeId node) {
    return runtime(node).pendingProcessingTime();
  }

  @Override
  public long nextWakeUp() {
    long next = Long.MAX_VALUE;
    for (NodeRuntime runtime : runtimes.values()) {
      next = Math.min(next, runtime.nextWakeUp());
    }
    return next;
  }

  @Override
  public long awaitedWatermark() {
    long awaited = Long.MAX_VALUE;
    for (NodeRuntime runtime : runtimes.values()) {
      awaited = Math.min(awaited, runtime.awaitedWatermark());
    }
    return awaited;
  }

  @Override
  public void restored() {
    runtimes.values().forEach(NodeRuntime::restored);
  }

  @Override
  public void close() throws Exception {
    @Nullable Exception failure = null;
    for (NodeRuntime runtime : runtimes.values()) {
      try {
        runtime.close();
      } catch (Exception | Error e) {
        TransformException blamed = TransformException.of(runtime.node().fullName(), e);
        if (failure == null) {
          failure = blamed;
        } else {
          failure.addSuppressed(blamed);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** The key in hand, shared by all nodes of the stage. Owned by the lane. */
  static final class CurrentKey {
    private Held held = new Held();

    @Nullable Key get() {
      return held.key;
    }

    void set(@Nullable Key newKey) {
      held.key = newKey;
    }

    /** Tells that many keys will follow. */
    void renew() {
      Held next = new Held();
      next.key = held.key;
      held = next;
    }

    /** Young while it is written to, as {@link ElementDecoder}'s place in a page. */
    private static final class Held {
      private @Nullable Key key;
    }
  }
}
