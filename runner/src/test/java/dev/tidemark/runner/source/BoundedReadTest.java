package dev.tidemark.runner.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.CapturedLog;
import dev.tidemark.runner.source.NumbersSource.Refusal;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowedValue;
import org.junit.jupiter.api.Test;

class BoundedReadTest {

  @Test
  void emitsElementsInTheGlobalWindowAtTheirTimestamps() throws Exception {
    NumbersSource source = NumbersSource.upTo(3);
    SourceLane lane = openLanes(source, 1).get(0);

    assertThat(lane.watermark()).isEqualTo(Timestamps.MIN);
    List<WindowedValue<?>> emitted = SourceBench.emit(lane, SourceBench.unlimited());

    assertThat(SourceBench.values(emitted)).containsExactly(0L, 1L, 2L);
    for (WindowedValue<?> element : emitted) {
      assertThat(element.getTimestamp().getMillis()).isEqualTo(element.getValue());
      assertThat(element.getWindows().iterator().next()).isEqualTo(GlobalWindow.INSTANCE);
      assertThat(element.getPaneInfo()).isEqualTo(PaneInfo.NO_FIRING);
    }
    assertThat(lane.watermark()).isEqualTo(Timestamps.MAX);
    assertThat(lane.ready()).isFalse();
    assertThat(source.openReaders()).isZero();
  }

  @Test
  void splitsSmallInputsIntoOnePieceALane() throws Exception {
    List<SourceLane> lanes = openLanes(NumbersSource.upTo(100), 4);

    for (SourceLane lane : lanes) {
      assertThat(SourceBench.emit(lane, SourceBench.elements(1))).hasSize(1);
    }
  }

  @Test
  void batchStopsWhenTheBudgetIsSpentAndGoesOnWithTheSameReader() throws Exception {
    NumbersSource source = NumbersSource.upTo(5);
    SourceLane lane = openLanes(new SourceBench().batch(), source, 1).get(0);

    assertThat(SourceBench.values(SourceBench.emit(lane, SourceBench.elements(2))))
        .containsExactly(0L, 1L);
    assertThat(lane.ready()).isTrue();
    assertThat(lane.watermark()).isEqualTo(Timestamps.MIN);
    assertThat(source.openReaders()).isEqualTo(1);
    assertThat(SourceBench.values(SourceBench.emit(lane, SourceBench.unlimited())))
        .containsExactly(2L, 3L, 4L);
  }

  @Test
  void anIdleLaneTakesHalfOfWhatAnotherHasLeft() throws Exception {
    NumbersSource source = NumbersSource.upTo(101).splittingLateOnly();
    List<SourceLane> lanes = openLanes(new SourceBench().batch(), source, 2);

    SourceBench.emit(lanes.get(0), SourceBench.elements(1));
    List<WindowedValue<?>> second = SourceBench.emit(lanes.get(1), SourceBench.elements(1));
    assertThat(((Long) second.get(0).getValue())).isBetween(40L, 60L);

    // The first lane reads its half, and then takes from the second in turn.
    List<Object> first =
        SourceBench.values(SourceBench.emit(lanes.get(0), SourceBench.unlimited()));
    List<Object> rest = SourceBench.values(SourceBench.emit(lanes.get(1), SourceBench.unlimited()));
    assertThat(first).hasSizeGreaterThan(50).contains(100L);
    assertThat(first.size() + rest.size() + 2).isEqualTo(101);
  }

  @Test
  void aReaderThatFailsToSplitIsLoggedAndReadOn() throws Exception {
    NumbersSource source = NumbersSource.upTo(100).splittingLateOnly().refusing(Refusal.THROWING);
    List<SourceLane> lanes = openLanes(new SourceBench().batch(), source, 2);
    List<Object> seen =
        new ArrayList<>(
            SourceBench.values(SourceBench.emit(lanes.get(0), SourceBench.elements(10))));

    try (CapturedLog log = CapturedLog.of(BoundedWork.class)) {
      assertThat(SourceBench.emit(lanes.get(1), SourceBench.unlimited())).isEmpty();
      assertThat(log.messages())
          .containsExactly(
              SourceBench.NAME + ": its reader failed to split; it is read on as it is");
    }

    seen.addAll(SourceBench.values(SourceBench.emit(lanes.get(0), SourceBench.unlimited())));
    assertThat(seen).isEqualTo(LongStream.range(0, 100).boxed().toList());
    assertThat(source.openReaders()).isZero();
  }

  @Property(tries = 200)
  void everyElementComesOnceWhateverTheSchedule(
      @ForAll @IntRange(max = 300) int size,
      @ForAll @IntRange(min = 1, max = 5) int lanes,
      @ForAll boolean splitsAtStart,
      @ForAll long seed)
      throws Exception {
    NumbersSource source = NumbersSource.upTo(size);
    if (!splitsAtStart) {
      source = source.splittingLateOnly();
    }
    List<SourceLane> open = openLanes(source, lanes);
    Random random = new Random(seed);
    List<Object> seen = new ArrayList<>();
    while (open.stream().anyMatch(lane -> lane.watermark() < Timestamps.MAX)) {
      SourceLane lane = open.get(random.nextInt(lanes));
      boolean atEnd = lane.watermark() == Timestamps.MAX;
      List<Object> emitted =
          SourceBench.values(SourceBench.emit(lane, SourceBench.elements(1 + random.nextInt(20))));
      assertThat(emitted.isEmpty() || !atEnd).as("nothing comes after the end of time").isTrue();
      seen.addAll(emitted);
    }
    assertThat(seen)
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, size).boxed().toList());
    assertThat(source.openReaders()).isZero();
  }

  @Test
  void everyElementComesOnceFromLanesOnThreads() throws Exception {
    int size = 200_000;
    NumbersSource source = NumbersSource.upTo(size).splittingLateOnly();
    List<SourceLane> lanes = openLanes(source, 4);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<WindowedValue<?>>>> results = new ArrayList<>();
      for (SourceLane lane : lanes) {
        results.add(threads.submit(() -> SourceBench.emit(lane, SourceBench.unlimited())));
      }
      List<Object> seen = new ArrayList<>();
      for (Future<List<WindowedValue<?>>> result : results) {
        seen.addAll(SourceBench.values(result.get()));
      }
      seen.sort(null);
      assertThat(seen).isEqualTo(LongStream.range(0, size).boxed().toList());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anErrorOfTheReaderNamesTheTransform() throws Exception {
    NumbersSource source = NumbersSource.upTo(10).failingAt(3);
    SourceLane lane = openLanes(source, 1).get(0);

    assertThatThrownBy(() -> SourceBench.emit(lane, SourceBench.unlimited()))
        .isInstanceOf(TransformException.class)
        .hasMessageContaining(SourceBench.NAME)
        .hasCauseInstanceOf(IOException.class)
        .hasRootCauseMessage("bad sector 3");

    lane.close();
    assertThat(source.openReaders()).isZero();
  }

  @Test
  void anErrorDownstreamPassesUntouched() throws Exception {
    SourceLane lane = openLanes(NumbersSource.upTo(10), 1).get(0);
    IllegalStateException downstream = new IllegalStateException("full");

    assertThatThrownBy(
            () ->
                lane.emit(
                    element -> {
                      throw downstream;
                    },
                    SourceBench.unlimited()))
        .isSameAs(downstream);
  }

  @Test
  void aDrainReadsToTheEnd() throws Exception {
    List<SourceLane> lanes = openLanes(NumbersSource.upTo(100), 4);
    SourceBench.emit(lanes.get(0), SourceBench.elements(1));

    lanes.forEach(SourceLane::drain);

    assertThat(lanes.get(0).watermark()).isEqualTo(Timestamps.MIN);
    assertThat(SourceBench.emit(lanes.get(1), SourceBench.unlimited())).hasSize(99);
    assertThat(SourceBench.emit(lanes.get(0), SourceBench.unlimited())).isEmpty();
    assertThat(lanes.get(0).watermark()).isEqualTo(Timestamps.MAX);
  }

  @Test
  void theMetricsOfTheReaderBelongToTheTransform() throws Exception {
    SourceBench bench = new SourceBench();
    SourceLane lane =
        BoundedReadSource.lanes(bench.context(SourceBench.read(NumbersSource.upTo(7)), 1)).get(0);
    lane.open();

    SourceBench.emit(lane, SourceBench.unlimited());

    assertThat(bench.counter("numbers", "read")).isEqualTo(7);
  }

  private static List<SourceLane> openLanes(NumbersSource source, int count) throws Exception {
    return openLanes(new SourceBench(), source, count);
  }

  private static List<SourceLane> openLanes(SourceBench bench, NumbersSource source, int count)
      throws Exception {
    List<SourceLane> lanes =
        BoundedReadSource.lanes(bench.context(SourceBench.read(source), count));
    assertThat(lanes).hasSize(count);
    for (SourceLane lane : lanes) {
      lane.open();
    }
    return lanes;
  }
}
