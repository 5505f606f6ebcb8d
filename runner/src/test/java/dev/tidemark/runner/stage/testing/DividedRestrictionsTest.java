package dev.tidemark.runner.stage.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.sdf.ProcessSizedElementsProcessor;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Restrictions of which other lanes take parts while they are processed. */
class DividedRestrictionsTest {
  private static final Instant START = Instant.ofEpochMilli(0);

  /**
   * Emits each position of its restriction, with the position as timestamp, and says so to the
   * watermark; gives up its turn after every few.
   */
  @DoFn.BoundedPerElement
  private static final class Positions extends DoFn<String, Long> {
    private final int perTurn;

    Positions(int perTurn) {
      this.perTurn = perTurn;
    }

    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, 1);
    }

    @GetInitialWatermarkEstimatorState
    public Instant initialState(@Timestamp Instant timestamp) {
      return timestamp;
    }

    @NewWatermarkEstimator
    public WatermarkEstimators.Manual estimator(@WatermarkEstimatorState Instant state) {
      return new WatermarkEstimators.Manual(state);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker,
        ManualWatermarkEstimator<Instant> watermark,
        OutputReceiver<Long> output) {
      int claimed = 0;
      for (long at = tracker.currentRestriction().getFrom(); tracker.tryClaim(at); at++) {
        output.outputWithTimestamp(at, Instant.ofEpochMilli(at));
        watermark.setWatermark(Instant.ofEpochMilli(at));
        if (++claimed == perTurn) {
          return ProcessContinuation.resume();
        }
      }
      return ProcessContinuation.stop();
    }
  }

  /** Emits each position; its restrictions cannot be divided. */
  @DoFn.BoundedPerElement
  private static final class Indivisible extends DoFn<String, Long> {
    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, 1);
    }

    @NewTracker
    public Whole tracker(@Restriction OffsetRange range) {
      return new Whole(range);
    }

    @ProcessElement
    public void process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> output) {
      for (long at = tracker.currentRestriction().getFrom(); tracker.tryClaim(at); at++) {
        output.output(at);
      }
    }
  }

  /** Refuses every split. */
  private static final class Whole extends RestrictionTracker<OffsetRange, Long> {
    private final OffsetRange range;
    private long next;

    Whole(OffsetRange range) {
      this.range = range;
      this.next = range.getFrom();
    }

    @Override
    public boolean tryClaim(Long position) {
      next = position + 1;
      return position < range.getTo();
    }

    @Override
    public OffsetRange currentRestriction() {
      return range;
    }

    @Override
    @SuppressWarnings("NullAway") // null says no, by contract
    public SplitResult<OffsetRange> trySplit(double fractionOfRemainder) {
      return null;
    }

    @Override
    public void checkDone() {
      if (next < range.getTo()) {
        throw new IllegalStateException("stopped at " + next);
      }
    }

    @Override
    public IsBounded isBounded() {
      return IsBounded.BOUNDED;
    }
  }

  private static FakeHost host(DoFn<String, Long> function, double divideChance, long seed)
      throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of("a")).apply(ParDo.of(function));
    StageGraph graph = PipelineTranslator.translate(PipelineTranslation.toProto(pipeline, false));
    Node node =
        graph.stages().stream()
            .flatMap(stage -> stage.nodes().stream())
            .filter(each -> each.operation() instanceof Operation.ProcessSizedElements)
            .findFirst()
            .orElseThrow();
    return new FakeHost(
        new TestGraphs.NodeInGraph(graph, node),
        () -> new ProcessSizedElementsProcessor(true),
        new Schedule(
            "divided", 3, false, 1, false, false, 0, divideChance, Integer.MAX_VALUE, seed));
  }

  private static WindowedValue<?> element(long from, long to, @Nullable Object estimatorState) {
    return WindowedValues.of(
        KV.of(KV.of("a", KV.of(new OffsetRange(from, to), estimatorState)), (double) (to - from)),
        START,
        GlobalWindow.INSTANCE,
        PaneInfo.NO_FIRING);
  }

  private static List<Object> positions(long length) {
    List<Object> positions = new ArrayList<>();
    for (long at = 0; at < length; at++) {
      positions.add(at);
    }
    return positions;
  }

  private static List<Object> results(FakeHost host) {
    List<Object> values = new ArrayList<>();
    host.outputs().forEach(output -> values.add(output.getValue()));
    return values;
  }

  /** The host checks besides that nothing comes out behind the output watermark. */
  @Property(tries = 60)
  void eachPositionComesOutOnceWhereverItIsDivided(
      @ForAll @IntRange(min = 1, max = 60) int first,
      @ForAll @IntRange(min = 1, max = 60) int second,
      @ForAll @IntRange(min = 1, max = 20) int perTurn,
      @ForAll @DoubleRange(min = 0, max = 1) double divideChance,
      @ForAll long seed)
      throws Exception {
    try (FakeHost host = host(new Positions(perTurn), divideChance, seed)) {
      host.elements(List.of(element(0, first, START), element(first, first + second, START)));
      host.watermark(Timestamps.MAX);
      while (!host.nothingLeft()) {
        assertThat(host.outputWatermark()).isLessThan(Timestamps.MAX);
        host.processingTime(1);
      }
      assertThat(results(host)).containsExactlyInAnyOrderElementsOf(positions(first + second));
      assertThat(host.outputWatermark()).isEqualTo(Timestamps.MAX);
    }
  }

  @Test
  void aPartOfEverythingLongIsTaken() throws Exception {
    try (FakeHost host = host(new Positions(1_000), 1, 0)) {
      host.elements(List.of(element(0, 100, START)));
      host.watermark(Timestamps.MAX);
      assertThat(results(host)).containsExactlyInAnyOrderElementsOf(positions(100));
      assertThat(host.divided()).isGreaterThan(5);
    }
  }

  @Test
  void whatRefusesToBeDividedIsProcessedWhereItIs() throws Exception {
    try (FakeHost host = host(new Indivisible(), 1, 0)) {
      host.elements(List.of(element(0, 100, null)));
      host.watermark(Timestamps.MAX);
      assertThat(results(host)).isEqualTo(positions(100));
      assertThat(host.divided()).isZero();
    }
  }
}
