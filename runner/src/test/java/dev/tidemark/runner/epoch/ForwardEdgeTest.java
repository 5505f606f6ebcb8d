package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.Exchange;
import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.StoredValues;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementDecoder;
import dev.tidemark.runner.stage.testing.TestGraphs;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.NodeId;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What comes over an edge within a lane, whether it stays as it is or not. */
class ForwardEdgeTest {
  private static final int LANE = 1;

  private final NodeInGraph consumer = consumer();
  private final InboundEdge inbound = inbound(consumer);
  private final OutboundEdge outbound =
      OutboundEdge.create(inbound, new Components(consumer.graph()), new KeyGroups(2, 2), LANE);

  private static NodeInGraph consumer() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(KV.of(1, "a")))
        .apply(GroupByKey.create())
        .apply("Step", MapElements.into(TypeDescriptors.integers()).via(KV::getKey));
    return TestGraphs.node(pipeline, "Step");
  }

  private static InboundEdge inbound(NodeInGraph consumer) {
    Edge edge =
        new Edge(
            consumer.node().inputs().get(0),
            new NodeId("producer"),
            consumer.node().id(),
            0,
            Edge.Kind.FORWARD,
            false);
    return new InboundEdge(edge, consumer.node(), 2, SpillSpace.memoryOnly(), null);
  }

  private void send(int key, List<String> values) {
    outbound.accept(WindowedValues.valueInGlobalWindow(KV.of(key, values)));
  }

  private static int keyOf(@Nullable Object element) {
    return (Integer) ((KV<?, ?>) Objects.requireNonNull(element)).getKey();
  }

  private List<Integer> takeAsTheyAre() {
    List<Integer> keys = new ArrayList<>();
    for (WindowedValue<?> element : inbound.takeElements(LANE)) {
      keys.add(keyOf(element.getValue()));
    }
    return keys;
  }

  private List<Integer> takeEncoded() {
    ElementDecoder decoder =
        ElementDecoder.unkeyed(
            EdgeCoders.of(new Components(consumer.graph()), inbound.edge().collection(), "Step"),
            false);
    List<Integer> keys = new ArrayList<>();
    Exchange.Pages pages = inbound.takePages(LANE);
    RecordBatch page;
    while ((page = pages.poll()) != null) {
      decoder.start(page);
      while (decoder.next()) {
        keys.add(keyOf(decoder.value()));
      }
    }
    return keys;
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void fewStayAsTheyAreInEachRound() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 15_000; i++) {
        send(i, List.of("a"));
      }
      outbound.flush();
      assertThat(inbound.hasAny(LANE)).isTrue();
      assertThat(inbound.hasAny(0)).isFalse();
      assertThat(takeAsTheyAre()).isEqualTo(range(0, 15_000));
      assertThat(takeEncoded()).isEmpty();
    }
  }

  @Test
  void ofManyTheFirstStayAsTheyAre() {
    for (int i = 0; i < 50_000; i++) {
      send(i, List.of("a"));
    }
    outbound.flush();
    assertThat(takeAsTheyAre()).isEqualTo(range(0, 20_000));
    assertThat(takeEncoded()).isEqualTo(range(20_000, 50_000));
    assertThat(inbound.hasAny(LANE)).isFalse();
  }

  @Test
  void ofLargeOnesFewerStayAsTheyAre() {
    for (int i = 0; i < 100; i++) {
      send(i, List.of("a".repeat(500_000)));
    }
    outbound.flush();
    List<Integer> objects = takeAsTheyAre();
    assertThat(objects).hasSizeBetween(5, 20).isEqualTo(range(0, objects.size()));
    assertThat(takeEncoded()).isEqualTo(range(objects.size(), 100));
  }

  /** Values that are kept elsewhere. */
  private static final class Stored extends AbstractList<String> implements StoredValues {
    private final boolean onDisk;

    Stored(boolean onDisk) {
      this.onDisk = onDisk;
    }

    @Override
    public boolean areOnDisk() {
      return onDisk;
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public String get(int index) {
      return "a".repeat(500_000);
    }
  }

  @Test
  void groupsAreTakenAtOnceAndStayAsTheyAre() {
    for (int i = 0; i < 100; i++) {
      send(i, new Stored(i % 2 == 0));
    }
    outbound.flush();
    assertThat(takeAsTheyAre()).isEqualTo(range(0, 100));
    assertThat(takeEncoded()).isEmpty();
  }

  @Test
  void whereNobodyTakesAnythingOnlyWhatIsOnDiskStaysAsItIs() {
    inbound.setWaiting(true);
    for (int i = 0; i < 10; i++) {
      send(i, List.of("a"));
    }
    for (int i = 10; i < 20; i++) {
      send(i, new Stored(i >= 15));
    }
    outbound.flush();
    assertThat(takeAsTheyAre()).isEqualTo(range(15, 20));
    assertThat(takeEncoded()).isEqualTo(range(0, 15));
  }
}
