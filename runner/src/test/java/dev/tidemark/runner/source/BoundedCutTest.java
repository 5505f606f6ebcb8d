package dev.tidemark.runner.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.source.NumbersSource.Refusal;
import dev.tidemark.runner.stage.LaneKeys;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.junit.jupiter.api.Test;

/** Bounded reads under the streaming policy leave no piece half read. */
class BoundedCutTest {
  private static final int SIZE = 10_000;

  @Test
  void aTurnEndsWithTheRestAsAPieceThatNobodyHasBegun() throws Exception {
    NumbersSource source = NumbersSource.upTo(SIZE).splittingLateOnly();
    Read read = new Read(new SourceBench(), source, 1);

    for (int turn = 1; turn <= 5; turn++) {
      List<Object> emitted = read.emit(0, 1_000);

      assertThat(emitted).hasSizeBetween(1_000, 1_100).doesNotHaveDuplicates();
      assertThat(source.readersEverOpened()).isEqualTo(turn);
      assertThat(source.openReaders()).isZero();
      assertThat(read.work.remaining()).hasSize(1);
    }
  }

  @Test
  void batchNeverCuts() throws Exception {
    NumbersSource source = NumbersSource.upTo(SIZE).splittingLateOnly();
    Read read = new Read(new SourceBench().batch(), source, 1);

    for (int turn = 1; turn <= 5; turn++) {
      assertThat(read.emit(0, 1_000)).hasSize(1_000);
    }

    assertThat(source.readersEverOpened()).isEqualTo(1);
    assertThat(read.work.remaining()).isEmpty();
  }

  @Test
  void littleIsReadRatherThanCutOff() throws Exception {
    NumbersSource source = NumbersSource.upTo(SIZE).splittingLateOnly();
    Read read = new Read(new SourceBench(), source, 1);

    assertThat(read.emit(0, SIZE - 100)).hasSize(SIZE);

    assertThat(source.readersEverOpened()).isEqualTo(1);
  }

  /** What is left of the block after the cut is more than may be emitted on the way to it. */
  @Test
  void aPieceThatIsCutFarAwayWaitsInTheCells() throws Exception {
    NumbersSource source = NumbersSource.upTo(SIZE).inBlocksOf(1_000).splittingLateOnly();
    StoredLanes stored = new StoredLanes(1);
    Read read = new Read(new SourceBench().storedCells(stored::cells), source, 1);

    assertThat(read.emit(0, 10)).hasSize(20);

    assertThat(source.openReaders()).isZero();
    assertThat(read.work.remaining()).hasSize(1);
  }

  @Test
  void withStateInMemoryAReaderThatRefusesStaysOpen() throws Exception {
    NumbersSource source = NumbersSource.upTo(SIZE).refusing(Refusal.ALWAYS).splittingLateOnly();
    Read read = new Read(new SourceBench(), source, 1);

    assertThat(read.emit(0, 10)).hasSize(10);
    assertThat(read.emit(0, 10)).hasSize(10);

    assertThat(source.openReaders()).isEqualTo(1);
    assertThat(source.readersEverOpened()).isEqualTo(1);
  }

  @Test
  void withStoredStateWhatAReaderRefusesWaitsInTheCells() throws Exception {
    NumbersSource source = NumbersSource.upTo(SIZE).refusing(Refusal.ALWAYS).splittingLateOnly();
    StoredLanes stored = new StoredLanes(1);
    Read read = new Read(new SourceBench().storedCells(stored::cells), source, 1);

    List<Object> seen = new ArrayList<>(read.emit(0, 10));
    assertThat(seen).hasSize(10);
    assertThat(source.openReaders()).isZero();
    assertThat(read.work.remaining()).isEmpty();
    read.seal();
    stored.commit();
    stored.restart();
    read = new Read(new SourceBench().storedCells(stored::cells), source, 1, true);

    int turns = 0;
    while (read.lanes.get(0).watermark() < Timestamps.MAX) {
      seen.addAll(read.emit(0, 10));
      turns++;
    }
    assertThat(seen).isEqualTo(LongStream.range(0, SIZE).boxed().toList());
    assertThat(turns).isGreaterThan(3);
    assertThat(
            stored.cells(0).forKey(LaneKeys.of(0)).value("0", "unread", ByteArrayCoder.of()).read())
        .as("the first chunk, which has been emitted")
        .isNull();
  }

  @Test
  void beforeItIsSplitAllOfASourceRemains() {
    NumbersSource source = NumbersSource.upTo(SIZE);

    assertThat(Read.work(Read.context(new SourceBench(), 1), source).remaining())
        .isEqualTo(List.of(source));
  }

  @Property(tries = 300)
  void whatRemainsAfterAnyEpochIsReadOnce(
      @ForAll @IntRange(max = 300) int size,
      @ForAll @IntRange(min = 1, max = 4) int lanesAtFirst,
      @ForAll boolean splitsAtStart,
      @ForAll @IntRange(min = 1, max = 50) int block,
      @ForAll Refusal refusal,
      @ForAll long seed)
      throws Exception {
    NumbersSource numbers = NumbersSource.upTo(size).inBlocksOf(block).refusing(refusal);
    BoundedSource<Long> source = splitsAtStart ? numbers : numbers.splittingLateOnly();
    int lanes = lanesAtFirst;
    StoredLanes stored = new StoredLanes(lanes);
    Random random = new Random(seed);
    List<Object> seen = new ArrayList<>();
    boolean done = false;
    boolean resumed = false;
    while (!done) {
      Read read = new Read(new SourceBench().storedCells(stored::cells), source, lanes, resumed);
      int epochs = 1 + random.nextInt(10);
      while (!done && epochs-- > 0) {
        for (int lane = 0; lane < lanes; lane++) {
          seen.addAll(read.emit(lane, 1 + random.nextInt(20)));
        }
        read.seal();
        stored.commit();
        done = read.lanes.stream().allMatch(lane -> lane.watermark() == Timestamps.MAX);
      }
      assertThat(numbers.openReaders()).isZero();
      resumed = true;
      lanes = 1 + random.nextInt(4);
      stored = stored.rescaled(lanes);
    }
    assertThat(seen)
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, size).boxed().toList());
  }

  /** One run of a source. */
  private static final class Read {
    private final BoundedWork work;
    private final List<SourceLane> lanes = new ArrayList<>();

    Read(SourceBench bench, BoundedSource<Long> source, int count) throws Exception {
      this(bench, source, count, false);
    }

    Read(SourceBench bench, BoundedSource<Long> source, int count, boolean resumed)
        throws Exception {
      SourceContext context = context(bench, count);
      work = work(context, source);
      for (int lane = 0; lane < count; lane++) {
        lanes.add(BoundedReadLane.create(context, work, lane));
      }
      for (SourceLane lane : lanes) {
        if (resumed) {
          lane.restore(Timestamps.MIN);
        }
      }
      for (SourceLane lane : lanes) {
        lane.open();
      }
    }

    void seal() throws Exception {
      for (SourceLane lane : lanes) {
        lane.seal();
      }
    }

    private static SourceContext context(SourceBench bench, int count) {
      return bench.context(SourceBench.read(NumbersSource.upTo(0)), count);
    }

    @SuppressWarnings("unchecked") // elements are opaque here
    private static BoundedWork work(SourceContext context, BoundedSource<Long> source) {
      return new BoundedWork(context, (BoundedSource<Object>) (BoundedSource<?>) source);
    }

    List<Object> emit(int lane, long elements) throws Exception {
      return SourceBench.values(SourceBench.emit(lanes.get(lane), SourceBench.elements(elements)));
    }
  }
}
