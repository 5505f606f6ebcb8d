package dev.tidemark.runner.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.source.ScriptedSource.Script;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.metrics.MetricName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class UnboundedReadTest {
  private final SourceBench bench = new SourceBench();
  private final List<SourceLane> lanes = new ArrayList<>();

  private List<SourceLane> open(Script script, int count) throws Exception {
    lanes.addAll(
        UnboundedReadSource.lanes(bench.context(SourceBench.read(script.source()), count)));
    for (SourceLane lane : lanes) {
      lane.open();
    }
    return lanes;
  }

  @AfterEach
  void noThreadIsLeft() throws Exception {
    for (SourceLane lane : lanes) {
      lane.close();
    }
    assertThat(SourceBench.threadsNamed("tidemark-read-" + SourceBench.NAME)).isEmpty();
  }

  /** Emits until {@code count} elements have come. */
  private static List<Object> emitted(SourceLane lane, int count) throws Exception {
    List<Object> values = new ArrayList<>();
    while (values.size() < count) {
      SourceBench.await("elements", lane::ready);
      values.addAll(SourceBench.values(SourceBench.emit(lane, SourceBench.unlimited())));
    }
    return values;
  }

  private static void awaitWatermark(SourceLane lane, long millis) throws Exception {
    while (lane.watermark() != millis) {
      SourceBench.await("watermark " + millis, lane::ready);
      SourceBench.emit(lane, SourceBench.unlimited());
    }
  }

  @Test
  void emitsWhatReadersReadInTheirOrder() throws Exception {
    Script script = new Script(1).give(0, "a", 10).give(0, "b", 5).give(0, "c", 20);
    SourceLane lane = open(script, 1).get(0);

    assertThat(emitted(lane, 3)).containsExactly("a", "b", "c");
    assertThat(bench.wakeUps).hasPositiveValue();
    assertThat(script.readerThreads).doesNotContain(Thread.currentThread());
  }

  @Test
  void splitsAreDealtToTheLanes() throws Exception {
    Script script = new Script(3).give(0, "a", 0).give(1, "b", 0).give(2, "c", 0);
    List<SourceLane> two = open(script, 2);

    assertThat(emitted(two.get(0), 2)).containsExactlyInAnyOrder("a", "b");
    assertThat(emitted(two.get(1), 1)).containsExactly("c");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theNumberOfSplitsIsTheOptionsWhateverTheLanes(int count) throws Exception {
    Script script = new Script(3);
    open(script, count);

    assertThat(script.desiredSplits).containsExactly(SourceBench.UNBOUNDED_SPLITS);
  }

  @Test
  void aLaneWithoutSplitsIsAtTheEndOfTime() throws Exception {
    List<SourceLane> two = open(new Script(1), 2);

    assertThat(two.get(1).watermark()).isEqualTo(Timestamps.MAX);
    assertThat(two.get(1).ready()).isFalse();
    assertThat(two.get(0).watermark()).isLessThan(Timestamps.MAX);
  }

  @Test
  void theWatermarkIsTheReadersOwnAndMovesWhileItIsIdle() throws Exception {
    Script script = new Script(1);
    SourceLane lane = open(script, 1).get(0);

    awaitWatermark(lane, 0);
    script.watermark(0, 700);
    awaitWatermark(lane, 700);
    script.watermark(0, 300).watermark(0, 900);
    awaitWatermark(lane, 900);
  }

  @Test
  void theWatermarkOfALaneIsTheLowestOfItsSplits() throws Exception {
    Script script = new Script(2).watermark(0, 500).watermark(1, 100);
    SourceLane lane = open(script, 1).get(0);

    awaitWatermark(lane, 100);
    script.watermark(1, 800);
    awaitWatermark(lane, 500);
  }

  @Test
  void aReaderThatReportsTheEndOfTimeEnds() throws Exception {
    Script script = new Script(1).give(0, "last", 3).watermark(0, Timestamps.MAX);
    SourceLane lane = open(script, 1).get(0);

    assertThat(emitted(lane, 1)).containsExactly("last");
    awaitWatermark(lane, Timestamps.MAX);
    assertThat(lane.ready()).isFalse();
    SourceBench.await(
        "the end of the thread", () -> script.readerThreads.stream().noneMatch(Thread::isAlive));
  }

  @Test
  void marksAreFinalizedInOrderOnceTheirEpochIsCommitted() throws Exception {
    Script script = new Script(1).give(0, "a", 0);
    SourceLane lane = open(script, 1).get(0);

    emitted(lane, 1);
    Runnable first = lane.seal();
    script.give(0, "b", 0);
    emitted(lane, 1);
    Runnable second = lane.seal();

    assertThat(script.finalized).isEmpty();
    first.run();
    assertThat(script.finalized).contains("0:1").doesNotContain("0:2");
    second.run();
    assertThat(script.finalized).contains("0:2").isSorted();
    lane.seal().run();
    assertThat(script.finalized).filteredOn("0:2"::equals).hasSize(1);
  }

  @Test
  void theLastMarkOfAnIdleReaderIsFinalizedToo() throws Exception {
    Script script = new Script(1).give(0, "a", 0);
    SourceLane lane = open(script, 1).get(0);
    emitted(lane, 1);
    lane.seal().run();
    int before = script.finalized.size();

    // Nothing happens any more, and still a mark comes now and then.
    SourceBench.await("a mark of an idle reader", lane::ready);
    assertThat(SourceBench.emit(lane, SourceBench.unlimited())).isEmpty();
    lane.seal().run();
    assertThat(script.finalized).hasSizeGreaterThan(before).last().isEqualTo("0:1");
  }

  @Test
  void recordsWithKnownIdsAreDroppedAcrossSplitsAndLanes() throws Exception {
    Script script = new Script(2).give(0, "a", 0).give(0, "b", 0).give(0, "a", 0);
    script.deduping = true;
    List<SourceLane> two = open(script, 2);
    assertThat(emitted(two.get(0), 2)).containsExactly("a", "b");

    script.give(1, "b", 0).give(1, "c", 0);
    assertThat(emitted(two.get(1), 1)).containsExactly("c");
  }

  @Test
  void aReaderDoesNotRunFarAhead() throws Exception {
    Script script = new Script(1);
    script.endless = true;
    SourceLane lane = open(script, 1).get(0);

    SourceBench.await(
        "a reader that waits",
        () ->
            script.readerThreads.stream()
                .anyMatch(thread -> thread.getState() == Thread.State.WAITING));
    // Two slices in the queue and one in the hand.
    assertThat(script.read.get()).isLessThanOrEqualTo(3 * 1_000);
    int read = script.read.get();
    assertThat(emitted(lane, 1)).hasSizeGreaterThanOrEqualTo(1);
    SourceBench.await("the reader to go on", () -> script.read.get() > read);
  }

  @Test
  void aSliceIsEmittedAsAWhole() throws Exception {
    Script script = new Script(1);
    for (int i = 0; i < 50; i++) {
      script.give(0, "e" + i, i);
    }
    SourceLane lane = open(script, 1).get(0);
    int seen = 0;
    while (seen < 50) {
      SourceBench.await("elements", lane::ready);
      seen += SourceBench.emit(lane, SourceBench.elements(1)).size();
      lane.seal().run();
      assertThat(script.finalized).last().isEqualTo("0:" + seen);
    }
  }

  @Test
  void drainingEmitsWhatWasReadAndEnds() throws Exception {
    Script script = new Script(1).give(0, "a", 0);
    SourceLane lane = open(script, 1).get(0);
    SourceBench.await("a slice", lane::ready);

    lane.drain();
    SourceBench.await(
        "the end of the thread", () -> script.readerThreads.stream().noneMatch(Thread::isAlive));
    script.give(0, "too late", 0);

    assertThat(emitted(lane, 1)).containsExactly("a");
    awaitWatermark(lane, Timestamps.MAX);
    lane.seal().run();
    assertThat(script.finalized).contains("0:1");
  }

  @Test
  void aReaderThatThrowsFailsTheJobAndDoesNotEndTheStream() throws Exception {
    Script script = new Script(1).give(0, "a", 0).fail(0, "connection lost");
    SourceLane lane = open(script, 1).get(0);

    SourceBench.await("the failure", () -> !bench.failures.isEmpty());
    assertThat(bench.failures.get(0))
        .isInstanceOf(TransformException.class)
        .hasMessageContaining(SourceBench.NAME)
        .hasCauseInstanceOf(IOException.class)
        .hasRootCauseMessage("connection lost");
    SourceBench.emit(lane, SourceBench.unlimited());
    assertThat(lane.watermark()).isLessThan(Timestamps.MAX);
  }

  @Test
  void closingClosesEveryReaderOnceAlsoOneThatWaits() throws Exception {
    Script script = new Script(2);
    script.endless = true;
    SourceLane lane = open(script, 1).get(0);
    SourceBench.await("both readers", () -> script.open.get() == 2);

    lane.close();
    lanes.clear();

    assertThat(script.closed).hasValue(2);
    assertThat(bench.failures).isEmpty();
  }

  @Test
  void theBacklogIsReported() throws Exception {
    Script script = new Script(1);
    script.backlog = 4_711;
    open(script, 1);

    SourceBench.await(
        "the gauge",
        () ->
            bench
                    .metrics
                    .getGauge(MetricName.named("source", "backlog_bytes"))
                    .getCumulative()
                    .value()
                == 4_711);
  }
}
