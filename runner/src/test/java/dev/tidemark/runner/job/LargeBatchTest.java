package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithTimestamps;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batch jobs that gather several times as much as the heap can hold. */
@Timeout(180)
class LargeBatchTest {
  private static final int VALUE_BYTES = 1_000;

  @TempDir Path scratch = Path.of("");

  private String run(String what, long elements) throws Exception {
    ProcessBuilder builder =
        ChildJvm.of(
            Program.class, what, String.valueOf(elements), "--lanes=2", "--scratchDir=" + scratch);
    builder.command().add(1, "-Xmx64m");
    builder.command().add(1, "-XX:+ExitOnOutOfMemoryError");
    Process process = builder.start();
    try (BufferedReader output = process.inputReader()) {
      String all = String.join("\n", output.lines().toList());
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
      try (Stream<Path> left = Files.list(scratch)) {
        assertThat(left).as("scratch files of: " + all).isEmpty();
      }
      return all;
    }
  }

  @Test
  void groups() throws Exception {
    assertThat(run("group", 200_000)).endsWith("20000 groups of 200000 values, sum 19999900000");
  }

  @Test
  void oneGroupIsReadTwice() throws Exception {
    assertThat(run("hot", 150_000))
        .contains("the key 0 has so many values")
        .endsWith("1 groups of 150000 values, sum 11249925000");
  }

  @Test
  void aSessionOfOneKeyIsReadTwice() throws Exception {
    assertThat(run("session", 150_000))
        .contains("the key 0 has so many values")
        .endsWith("1 groups of 150000 values, sum 11249925000");
  }

  @Test
  void distinctKeysAreCombined() throws Exception {
    assertThat(run("combine", 2_000_000))
        .endsWith("2000000 groups of 2000000 values, sum 1999999000000");
  }

  @Test
  void aJoinHasAHotKey() throws Exception {
    assertThat(run("join", 100_000)).endsWith("100 groups of 200000 values, sum 9999900000");
  }

  @Test
  void stateIsKeptKeyByKey() throws Exception {
    assertThat(run("stateful", 150_000)).endsWith("15000 groups of 150000 values, sum 11249925000");
  }

  @Test
  void elementsWaitForWhatIsMadeOfThem() throws Exception {
    assertThat(run("waiting", 150_000)).endsWith("150000 groups of 150000 values, sum 11249925000");
  }

  @Test
  void groupsWaitForWhatIsMadeOfThem() throws Exception {
    assertThat(run("waiting groups", 150_000))
        .endsWith("15001 groups of 150000 values, sum 11249925000");
  }

  /** The program: a job that says how many groups and values there were, and their sum. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      long elements = Long.parseLong(arguments[1]);
      Pipeline pipeline =
          Pipeline.create(
              PipelineOptionsFactory.fromArgs(
                      Stream.concat(
                              Stream.of("--runner=TidemarkRunner"),
                              List.of(arguments).stream().skip(2))
                          .toArray(String[]::new))
                  .create());
      PCollection<Long> numbers = pipeline.apply("Numbers", GenerateSequence.from(0).to(elements));
      PCollection<KV<Long, Long>> groups =
          switch (arguments[0]) {
            case "group" ->
                numbers
                    .apply("Values", ParDo.of(new ToValue(elements / 10)))
                    .apply("Group", GroupByKey.create())
                    .apply("Read", ParDo.of(new ReadTwice()));
            case "hot" ->
                numbers
                    .apply("Values", ParDo.of(new ToValue(1)))
                    .apply("Group", GroupByKey.create())
                    .apply("Read", ParDo.of(new ReadTwice()));
            case "session" ->
                numbers
                    .apply("Times", WithTimestamps.of(Instant::ofEpochMilli))
                    .apply("Values", ParDo.of(new ToValue(1)))
                    .apply(Window.into(Sessions.withGapDuration(Duration.millis(10))))
                    .apply("Group", GroupByKey.create())
                    .apply("Read", ParDo.of(new ReadTwice()))
                    .apply(Window.into(new GlobalWindows()));
            case "combine" ->
                numbers
                    .apply("Numbers by key", ParDo.of(new ToNumber(elements)))
                    .apply(Sum.longsPerKey())
                    .apply("Read", ParDo.of(new WithCount()));
            case "join" -> join(numbers);
            case "waiting" ->
                afterCount(numbers.apply("Values", ParDo.of(new ToValue(1))))
                    .apply("Read", ParDo.of(new One()));
            case "waiting groups" ->
                afterCount(
                        numbers
                            .apply("Values", ParDo.of(new HalfToOneKey()))
                            .apply("Group", GroupByKey.create()))
                    .apply("Read", ParDo.of(new ReadTwice()));
            case "stateful" ->
                numbers
                    .apply("Values", ParDo.of(new ToValue(elements / 10)))
                    .apply("Read", ParDo.of(new Stateful()));
            default -> throw new IllegalArgumentException(arguments[0]);
          };
      groups
          .apply("All", ParDo.of(new WithVoid()))
          .apply(GroupByKey.create())
          .apply("Say", ParDo.of(new Say()));
      pipeline.run().waitUntilFinish();
    }

    /** The same elements, each of which has to wait for their number. */
    private static <T> PCollection<T> afterCount(PCollection<T> elements) {
      PCollectionView<Long> count =
          elements.apply(Combine.globally(Count.<T>combineFn()).asSingletonView());
      return elements
          .apply("Wait", ParDo.of(new Waiting<T>(count)).withSideInputs(count))
          .setCoder(elements.getCoder());
    }

    private static PCollection<KV<Long, Long>> join(PCollection<Long> numbers) {
      TupleTag<byte[]> left = new TupleTag<>();
      TupleTag<Long> right = new TupleTag<>();
      return KeyedPCollectionTuple.of(left, numbers.apply("Values", ParDo.of(new Skewed())))
          .and(right, numbers.apply("Numbers by key", ParDo.of(new ToNumber(100))))
          .apply(CoGroupByKey.create())
          .apply("Read", ParDo.of(new Join(left, right)));
    }
  }

  /** A value that can be told from its number, and that no compression makes smaller. */
  private static byte[] valueOf(long number) {
    byte[] value = new byte[VALUE_BYTES];
    new SplittableRandom(number).nextBytes(value);
    for (int i = 0; i < Long.BYTES; i++) {
      value[i] = (byte) (number >>> (8 * i));
    }
    return value;
  }

  private static long numberOf(byte[] value) {
    long number = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      number |= (value[i] & 0xffL) << (8 * i);
    }
    if (value.length != VALUE_BYTES) {
      throw new IllegalStateException("not a value that was sent: " + number);
    }
    return number;
  }

  private static final class ToValue extends DoFn<Long, KV<Long, byte[]>> {
    private final long keys;

    ToValue(long keys) {
      this.keys = keys;
    }

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<Long, byte[]>> output) {
      output.output(KV.of(number % keys, valueOf(number)));
    }
  }

  private static final class Skewed extends DoFn<Long, KV<Long, byte[]>> {
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<Long, byte[]>> output) {
      output.output(KV.of(number < 1_000 ? number % 100 : 7L, valueOf(number)));
    }
  }

  private static final class ToNumber extends DoFn<Long, KV<Long, Long>> {
    private final long keys;

    ToNumber(long keys) {
      this.keys = keys;
    }

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<Long, Long>> output) {
      output.output(KV.of(number % keys, number));
    }
  }

  /** Gives the number of values of a group and their sum. */
  private static final class ReadTwice extends DoFn<KV<Long, Iterable<byte[]>>, KV<Long, Long>> {
    @ProcessElement
    public void process(
        @Element KV<Long, Iterable<byte[]>> group, OutputReceiver<KV<Long, Long>> output) {
      long count = 0;
      long sum = 0;
      Iterator<byte[]> again = group.getValue().iterator();
      for (byte[] value : group.getValue()) {
        long number = numberOf(value);
        if (numberOf(again.next()) != number) {
          throw new IllegalStateException("another order");
        }
        sum += number;
        count++;
      }
      output.output(KV.of(count, sum));
    }
  }

  private static final class WithCount extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    @ProcessElement
    public void process(@Element KV<Long, Long> sum, OutputReceiver<KV<Long, Long>> output) {
      output.output(KV.of(1L, sum.getValue()));
    }
  }

  private static final class HalfToOneKey extends DoFn<Long, KV<Long, byte[]>> {
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<Long, byte[]>> output) {
      output.output(KV.of(number % 2 == 0 ? 0L : number % 30_000, valueOf(number)));
    }
  }

  private static final class Waiting<T> extends DoFn<T, T> {
    private final PCollectionView<Long> count;

    Waiting(PCollectionView<Long> count) {
      this.count = count;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      if (context.sideInput(count) == 0) {
        throw new IllegalStateException("nothing was counted");
      }
      context.output(context.element());
    }
  }

  private static final class One extends DoFn<KV<Long, byte[]>, KV<Long, Long>> {
    @ProcessElement
    public void process(@Element KV<Long, byte[]> element, OutputReceiver<KV<Long, Long>> output) {
      output.output(KV.of(1L, numberOf(element.getValue())));
    }
  }

  private static final class Join extends DoFn<KV<Long, CoGbkResult>, KV<Long, Long>> {
    private final TupleTag<byte[]> left;
    private final TupleTag<Long> right;

    Join(TupleTag<byte[]> left, TupleTag<Long> right) {
      this.left = left;
      this.right = right;
    }

    @ProcessElement
    public void process(
        @Element KV<Long, CoGbkResult> group, OutputReceiver<KV<Long, Long>> output) {
      long count = 0;
      long sum = 0;
      for (byte[] value : group.getValue().getAll(left)) {
        sum += numberOf(value);
        count++;
      }
      for (long value : group.getValue().getAll(right)) {
        sum += value;
        count++;
      }
      output.output(KV.of(count, sum));
    }
  }

  /** Gives a count of 1 for the first value of a key, which is a group, and 0 for others. */
  private static final class Stateful extends DoFn<KV<Long, byte[]>, KV<Long, Long>> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> count = StateSpecs.value();

    @ProcessElement
    public void process(
        @Element KV<Long, byte[]> element,
        @StateId("count") ValueState<Long> count,
        OutputReceiver<KV<Long, Long>> output) {
      Long before = count.read();
      count.write(before == null ? 1 : before + 1);
      output.output(KV.of(before == null ? 1L : -1L, numberOf(element.getValue())));
    }
  }

  private static final class WithVoid extends DoFn<KV<Long, Long>, KV<String, KV<Long, Long>>> {
    @ProcessElement
    public void process(
        @Element KV<Long, Long> element, OutputReceiver<KV<String, KV<Long, Long>>> output) {
      output.output(KV.of("", element));
    }
  }

  private static final class Say extends DoFn<KV<String, Iterable<KV<Long, Long>>>, Void> {
    @ProcessElement
    public void process(@Element KV<String, Iterable<KV<Long, Long>>> all) {
      long groups = 0;
      long values = 0;
      long sum = 0;
      for (KV<Long, Long> group : all.getValue()) {
        groups += group.getKey() > 0 ? 1 : 0;
        values += Math.abs(group.getKey());
        sum += group.getValue();
      }
      System.out.printf("%d groups of %d values, sum %d", groups, values, sum);
    }
  }
}
