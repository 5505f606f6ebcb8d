package dev.tidemark.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.StageGraph;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** A stateful function is spared the exchange exactly where its key is provably kept. */
class KeyPreservationTest {
  private final Pipeline pipeline = Pipeline.create();

  @Test
  void groupKeepsTheKey() {
    pairs("A").apply("Group", GroupByKey.create()).apply("S", ParDo.of(new Functions.Dedupe<>()));
    assertThat(kindInto("S")).isEqualTo(Edge.Kind.FORWARD);
  }

  @Test
  void combineAndWindowsKeepTheKey() {
    pairs("A")
        .apply("Sum", Sum.longsPerKey())
        .apply("Windows", Window.into(FixedWindows.of(Duration.millis(5))))
        .apply("S", ParDo.of(new Functions.Dedupe<>()));
    assertThat(kindInto("S")).isEqualTo(Edge.Kind.FORWARD);
  }

  @Test
  void reshuffleKeepsTheKey() {
    pairs("A").apply("Spread", Reshuffle.of()).apply("S", ParDo.of(new Functions.Dedupe<>()));
    assertThat(kindInto("S")).isEqualTo(Edge.Kind.FORWARD);
  }

  @Test
  void noFunctionKeepsTheKey() {
    pairs("A")
        .apply("Sum", Sum.longsPerKey())
        .apply("Same", ParDo.of(new Functions.Same<>()))
        .apply("S", ParDo.of(new Functions.Dedupe<>()));
    assertThat(kindInto("S")).isEqualTo(Edge.Kind.EXCHANGE_BY_KEY);
  }

  @Test
  void flattenKeepsTheKeyOnlyIfAllItsInputsDo() {
    PCollection<KV<String, Long>> sums = pairs("A").apply("Sum", Sum.longsPerKey());
    PCollectionList.of(sums)
        .and(pairs("B").apply("SumB", Sum.longsPerKey()))
        .apply("Kept", Flatten.pCollections())
        .apply("S", ParDo.of(new Functions.Dedupe<>()));
    PCollectionList.of(sums)
        .and(pairs("C"))
        .apply("Lost", Flatten.pCollections())
        .apply("T", ParDo.of(new Functions.Dedupe<>()));
    assertThat(kindInto("S")).isEqualTo(Edge.Kind.FORWARD);
    assertThat(kindInto("T")).isEqualTo(Edge.Kind.EXCHANGE_BY_KEY);
  }

  @Test
  void anotherKeyCoderPlacesKeysElsewhere() {
    PCollection<KV<Long, Long>> small =
        pipeline
            .apply("Small", Create.of(KV.of(1L, 1L)))
            .setCoder(KvCoder.of(VarLongCoder.of(), VarLongCoder.of()))
            .apply("SumSmall", Sum.longsPerKey());
    PCollection<KV<Long, Long>> big =
        pipeline
            .apply(
                "Big",
                Create.of(KV.of(1L, 1L))
                    .withCoder(KvCoder.of(BigEndianLongCoder.of(), VarLongCoder.of())))
            .apply("SumBig", Sum.longsPerKey());
    PCollectionList.of(small)
        .and(big)
        .apply("Both", Flatten.pCollections())
        .setCoder(KvCoder.of(VarLongCoder.of(), VarLongCoder.of()))
        .apply("S", ParDo.of(new Functions.Count<>()));
    small.apply("T", ParDo.of(new Functions.Count<>()));
    assertThat(kindInto("S")).isEqualTo(Edge.Kind.EXCHANGE_BY_KEY);
    assertThat(kindInto("T")).isEqualTo(Edge.Kind.FORWARD);
  }

  @Test
  void sourcesHaveNoKeying() {
    pairs("A").apply("S", ParDo.of(new Functions.Dedupe<>()));
    assertThat(kindInto("S")).isEqualTo(Edge.Kind.EXCHANGE_BY_KEY);
  }

  private PCollection<KV<String, Long>> pairs(String name) {
    return pipeline.apply(
        name,
        Create.of(KV.of("a", 1L)).withCoder(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of())));
  }

  private Edge.Kind kindInto(String transform) {
    StageGraph graph = PipelineTranslator.translate(Protos.of(pipeline));
    return graph.stages().stream()
        .flatMap(stage -> Stream.concat(stage.innerEdges().stream(), stage.incoming().stream()))
        .filter(edge -> edge.consumer().value().startsWith(transform + "/ParMultiDo"))
        .map(Edge::kind)
        .findFirst()
        .orElseThrow();
  }
}
