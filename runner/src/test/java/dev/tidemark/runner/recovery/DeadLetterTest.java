package dev.tidemark.runner.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.PipelineTranslator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.CountingSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job goes on without the elements that a function cannot process. */
@Timeout(60)
class DeadLetterTest {
  private static final int ELEMENTS = 60;
  private static final Simulation STEPS = new Simulation(1L, 5, false, null, null);

  /** How often each number is still to fail. */
  private static final Map<Long, Integer> FAILURES = new ConcurrentHashMap<>();

  private final Path file;

  DeadLetterTest(@TempDir Path folder) {
    this.file = folder.resolve("letters.json");
  }

  @BeforeEach
  void reset() {
    FAILURES.clear();
  }

  private static void check(long number) {
    Integer left = FAILURES.computeIfPresent(number, (any, before) -> before - 1);
    if (left != null && left >= 0) {
      throw new IllegalStateException("cannot process " + number);
    }
  }

  private static void neverProcess(long... numbers) {
    for (long number : numbers) {
      FAILURES.put(number, Integer.MAX_VALUE);
    }
  }

  /** Fails with the numbers that are to fail; else passes them on. */
  private static class Check extends DoFn<Long, Long> {
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<Long> output) {
      check(number);
      output.output(number);
    }
  }

  /** The same, for what is in a file only when it is committed. */
  private static final class CheckStable extends DoFn<Long, Long> {
    @RequiresStableInput
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<Long> output) {
      check(number);
      output.output(number);
    }
  }

  /** Counts for each key; what fails has changed the state before. */
  private static final class CountPerKey extends DoFn<KV<Integer, Long>, Long> {
    private final Distribution counts = Metrics.distribution("test", "counts");

    @StateId("count")
    private final StateSpec<ValueState<Integer>> spec = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element,
        @StateId("count") ValueState<Integer> state,
        OutputReceiver<Long> output) {
      Integer before = state.read();
      int count = before == null ? 1 : before + 1;
      state.write(count);
      counts.update(count);
      check(element.getValue());
      output.output(element.getValue());
    }
  }

  /** Emits the numbers from its element on; each of which may fail. */
  private abstract static class Twenty extends DoFn<Long, Long> {
    @GetInitialRestriction
    public OffsetRange range(@Element Long from) {
      return new OffsetRange(from, from + 20);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> output) {
      for (long next = tracker.currentRestriction().getFrom(); tracker.tryClaim(next); next++) {
        check(next);
        output.output(next);
        if (next % 7 == 0) {
          return ProcessContinuation.resume();
        }
      }
      return ProcessContinuation.stop();
    }
  }

  @DoFn.BoundedPerElement
  private static final class BoundedTwenty extends Twenty {}

  @DoFn.UnboundedPerElement
  private static final class UnboundedTwenty extends Twenty {}

  /** Counts what comes to the end, and remembers the largest and smallest. */
  private static final class Sink extends DoFn<Long, Void> {
    private static final MetricName SEEN = MetricName.named("test", "seen");
    private static final MetricName SUM = MetricName.named("test", "sum");
    private final Counter seen = Metrics.counter("test", "seen");
    private final Counter sum = Metrics.counter("test", "sum");

    @ProcessElement
    public void process(@Element Long number) {
      seen.inc();
      sum.inc(number);
    }
  }

  private ExecutionOptions options() {
    ExecutionOptions options = PipelineOptionsFactory.create().as(ExecutionOptions.class);
    options.setLanes(2);
    options.setStreaming(true);
    options.setJobRetries(0);
    options.setJobRetryDelayMillis(0);
    options.setDeadLetterFile(file.toString());
    return options;
  }

  private static EmbeddedExecution job(
      Function<Pipeline, PCollection<Long>> numbers,
      ExecutionOptions options,
      Simulation simulation,
      @Nullable StateStore store) {
    Pipeline pipeline = Pipeline.create(options);
    numbers.apply(pipeline).apply("Sink", ParDo.of(new Sink()));
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    return EmbeddedExecution.create(
        PipelineTranslator.translate(
            PipelineTranslation.toProto(pipeline, SdkComponents.create(options), false)),
        options,
        DeadLetterTest.class.getClassLoader(),
        simulation,
        RunResources.of(store));
  }

  private static PCollection<Long> numbers(Pipeline pipeline) {
    return pipeline.apply("Numbers", Read.from(CountingSource.upTo(ELEMENTS)));
  }

  private static Execution.End run(EmbeddedExecution job) throws Exception {
    job.start();
    return job.ended().get(50, TimeUnit.SECONDS);
  }

  private static long counter(EmbeddedExecution job, String step, MetricName name) {
    return job.committedMetrics().getContainer(step).getCounter(name).getCumulative();
  }

  private static long leftOut(EmbeddedExecution job, String step) {
    return counter(job, step, MetricName.named("tidemark", "dead_letters"));
  }

  private static void assertSeen(EmbeddedExecution job, long count, long sum) {
    assertThat(counter(job, "Sink/ParMultiDo(Sink)", Sink.SEEN)).isEqualTo(count);
    assertThat(counter(job, "Sink/ParMultiDo(Sink)", Sink.SUM)).isEqualTo(sum);
  }

  private List<JsonNode> letters() throws IOException {
    List<JsonNode> letters = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      letters.add(new ObjectMapper().readTree(line));
    }
    return letters;
  }

  private Set<Long> numbersInLetters() throws IOException {
    Set<Long> numbers = ConcurrentHashMap.newKeySet();
    for (JsonNode letter : letters()) {
      byte[] encoded = letter.path("element").binaryValue();
      assertThat(numbers.add(VarLongCoder.of().decode(new ByteArrayInputStream(encoded)))).isTrue();
    }
    return numbers;
  }

  private static long sumTo(long end) {
    return end * (end - 1) / 2;
  }

  private void goesOnWithoutThem(
      Simulation simulation, @Nullable StateStore store, String checkName) throws Exception {
    neverProcess(7, 33, 34);
    EmbeddedExecution job =
        job(
            pipeline ->
                numbers(pipeline)
                    .apply(
                        checkName,
                        ParDo.of(checkName.equals("Stable") ? new CheckStable() : new Check())),
            options(),
            simulation,
            store);
    assertThat(run(job)).isEqualTo(new Execution.End.Done());
    assertSeen(job, ELEMENTS - 3, sumTo(ELEMENTS) - 7 - 33 - 34);
    assertThat(numbersInLetters()).containsExactlyInAnyOrder(7L, 33L, 34L);
    String function = checkName.equals("Stable") ? "CheckStable" : "Check";
    String step = checkName + "/ParMultiDo(" + function + ")";
    assertThat(leftOut(job, step)).isEqualTo(3);
    for (JsonNode letter : letters()) {
      assertThat(letter.path("tries").asInt()).isEqualTo(3);
      assertThat(letter.path("transform").asText()).isEqualTo(step);
      assertThat(letter.path("error").asText()).contains("cannot process");
    }
  }

  @Test
  void aFunctionWithAStore() throws Exception {
    try (HeapStateStore store = new HeapStateStore()) {
      goesOnWithoutThem(STEPS, store, "Check");
    }
  }

  @Test
  void onThreads() throws Exception {
    goesOnWithoutThem(Simulation.NONE, null, "Check");
  }

  @Test
  void aFunctionWithStableInput() throws Exception {
    goesOnWithoutThem(STEPS, null, "Stable");
  }

  @Test
  void aFailureThatPassesIsNoReason() throws Exception {
    FAILURES.put(7L, 2);
    EmbeddedExecution job =
        job(pipeline -> numbers(pipeline).apply(ParDo.of(new Check())), options(), STEPS, null);
    assertThat(run(job)).isEqualTo(new Execution.End.Done());
    assertSeen(job, ELEMENTS, sumTo(ELEMENTS));
    assertThat(letters()).isEmpty();
  }

  @Test
  void inAFusedStageItIsTheElementOfWhoFails() throws Exception {
    neverProcess(1007);
    EmbeddedExecution job =
        job(
            pipeline ->
                numbers(pipeline)
                    .apply("First", ParDo.of(new Check()))
                    .apply(MapElements.into(TypeDescriptors.longs()).via(n -> n + 1000))
                    .apply("Second", ParDo.of(new Check())),
            options(),
            STEPS,
            null);
    assertThat(run(job)).isEqualTo(new Execution.End.Done());
    assertSeen(job, ELEMENTS - 1, sumTo(ELEMENTS) + 1000L * ELEMENTS - 1007);
    assertThat(numbersInLetters()).containsExactly(1007L);
    assertThat(letters().get(0).path("transform").asText()).startsWith("Second/");
  }

  @Test
  void stateIsAsIfTheElementHadNotCome() throws Exception {
    neverProcess(8, 9, 41);
    EmbeddedExecution job =
        job(
            pipeline ->
                numbers(pipeline)
                    .apply(WithKeys.<Integer, Long>of(n -> (int) (n % 4)))
                    .setCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()))
                    .apply("Count", ParDo.of(new CountPerKey())),
            options(),
            STEPS,
            null);
    assertThat(run(job)).isEqualTo(new Execution.End.Done());
    assertSeen(job, ELEMENTS - 3, sumTo(ELEMENTS) - 8 - 9 - 41);
    assertThat(letters()).extracting(letter -> letter.path("key").asText()).contains("0", "1");
    long sumOfCounts = sumTo(16) * 2 + sumTo(15) + sumTo(14);
    assertThat(
            job.committedMetrics()
                .getContainer("Count/ParMultiDo(CountPerKey)")
                .getDistribution(MetricName.named("test", "counts"))
                .getCumulative()
                .sum())
        .isEqualTo(sumOfCounts);
  }

  @Test
  void elementsThatWaitForASideInput() throws Exception {
    neverProcess(5, 50);
    EmbeddedExecution job =
        job(
            pipeline -> {
              PCollectionView<Long> view =
                  pipeline.apply("Side", Create.of(1L)).apply(View.asSingleton());
              return numbers(pipeline).apply("Check", ParDo.of(new Check()).withSideInputs(view));
            },
            options(),
            STEPS,
            null);
    assertThat(run(job)).isEqualTo(new Execution.End.Done());
    assertSeen(job, ELEMENTS - 2, sumTo(ELEMENTS) - 55);
    assertThat(numbersInLetters()).containsExactlyInAnyOrder(5L, 50L);
  }

  private void splittable(Twenty function, Simulation simulation) throws Exception {
    neverProcess(110);
    EmbeddedExecution job =
        job(
            pipeline -> pipeline.apply(Create.of(100L, 200L)).apply("Twenty", ParDo.of(function)),
            options(),
            simulation,
            null);
    assertThat(run(job)).isEqualTo(new Execution.End.Done());
    JsonNode letter = letters().get(0);
    assertThat(letters()).hasSize(1);
    assertThat(numbersInLetters()).containsExactly(100L);
    // It gives up what had not been committed of the restriction, and no other.
    String restriction = letter.path("restriction").asText();
    long from = Long.parseLong(restriction.substring(1, restriction.indexOf(',')));
    assertThat(from).isBetween(100L, 110L);
    assertSeen(job, from - 100 + 20, sumTo(from) - sumTo(100) + sumTo(220) - sumTo(200));
  }

  @Test
  void aSplittableFunction() throws Exception {
    splittable(new BoundedTwenty(), STEPS);
  }

  @Test
  void aSplittableFunctionInTheSweep() throws Exception {
    splittable(new UnboundedTwenty(), STEPS);
  }

  @Test
  void aSplittableFunctionOnItsOwnThreads() throws Exception {
    splittable(new UnboundedTwenty(), Simulation.NONE);
  }

  /** Adds up numbers, of which some fail. */
  private static final class CheckedSum extends Combine.BinaryCombineLongFn {
    @Override
    public long[] addInput(long[] accumulator, Long number) {
      check(number);
      return super.addInput(accumulator, number);
    }

    @Override
    public long apply(long left, long right) {
      return left + right;
    }

    @Override
    public long identity() {
      return 0;
    }
  }

  private void combined(
      PTransform<PCollection<KV<Integer, Long>>, PCollection<KV<Integer, Long>>> combine,
      long parts,
      String step)
      throws Exception {
    neverProcess(7, 33, 34);
    EmbeddedExecution job =
        job(
            pipeline ->
                numbers(pipeline)
                    .apply(WithKeys.<Integer, Long>of(n -> (int) (n % 4)).withKeyType(integers()))
                    .apply("Combine", combine)
                    .apply(Values.create()),
            options(),
            STEPS,
            null);
    assertThat(run(job)).isEqualTo(new Execution.End.Done());
    assertSeen(job, parts, sumTo(ELEMENTS) - 7 - 33 - 34);
    assertThat(leftOut(job, step)).isEqualTo(3);
    Set<Long> numbers = new HashSet<>();
    for (JsonNode letter : letters()) {
      byte[] encoded = letter.path("element").binaryValue();
      numbers.add(
          KvCoder.of(VarIntCoder.of(), VarLongCoder.of())
              .decode(new ByteArrayInputStream(encoded), Coder.Context.OUTER)
              .getValue());
      assertThat(letter.path("transform").asText()).isEqualTo(step);
      assertThat(letter.path("tries").asInt()).isEqualTo(3);
    }
    assertThat(numbers).containsExactlyInAnyOrder(7L, 33L, 34L);
    assertThat(letters()).hasSize(3);
  }

  private static TypeDescriptor<Integer> integers() {
    return TypeDescriptors.integers();
  }

  @Test
  void aCombineBeforeTheExchange() throws Exception {
    combined(Combine.perKey(new CheckedSum()), 4, "Combine");
  }

  @Test
  void aCombineThatFiresWithEachElement() throws Exception {
    // The last pane of each key has nothing new.
    combined(
        windowed(Repeatedly.forever(AfterPane.elementCountAtLeast(1))),
        ELEMENTS - 3 + 4,
        "Combine/Counted");
  }

  @Test
  void aCombineWithLatePanes() throws Exception {
    combined(
        windowed(
            AfterWatermark.pastEndOfWindow().withLateFirings(AfterPane.elementCountAtLeast(1))),
        4,
        "Combine/Counted");
  }

  /** Where triggers count elements, a combine function gets each behind the exchange. */
  private static PTransform<PCollection<KV<Integer, Long>>, PCollection<KV<Integer, Long>>>
      windowed(Trigger trigger) {
    return new PTransform<>() {
      @Override
      public PCollection<KV<Integer, Long>> expand(PCollection<KV<Integer, Long>> input) {
        return input
            .apply(
                Window.<KV<Integer, Long>>configure()
                    .triggering(trigger)
                    .withAllowedLateness(Duration.ZERO)
                    .discardingFiredPanes())
            .apply("Counted", Combine.perKey(new CheckedSum()));
      }
    };
  }

  @Test
  void groupsThatAreCombined() throws Exception {
    neverProcess(7);
    EmbeddedExecution job =
        job(
            pipeline ->
                numbers(pipeline)
                    .apply(WithKeys.<Integer, Long>of(n -> (int) (n % 4)).withKeyType(integers()))
                    .apply(GroupByKey.create())
                    .apply("Combine", Combine.groupedValues(new CheckedSum()))
                    .apply(Values.create()),
            options(),
            STEPS,
            null);
    assertThat(run(job)).isEqualTo(new Execution.End.Done());
    // The group of 7 is gone.
    assertSeen(job, 3, sumTo(ELEMENTS) - 15 * (3 + 59) / 2);
    assertThat(letters()).hasSize(1);
  }

  @Test
  void equalElementsAreGivenUpOneByOne() throws Exception {
    neverProcess(3);
    EmbeddedExecution job =
        job(
            pipeline -> pipeline.apply(Create.of(1L, 3L, 2L, 3L, 3L)).apply(ParDo.of(new Check())),
            options(),
            STEPS,
            null);
    assertThat(run(job)).isEqualTo(new Execution.End.Done());
    assertSeen(job, 2, 3);
    assertThat(letters()).hasSize(3);
  }

  @Test
  void ifTooManyFailTheJobDoes() throws Exception {
    neverProcess(3, 4);
    ExecutionOptions options = options();
    options.setDeadLetterLimit(1);
    try (HeapStateStore store = new HeapStateStore()) {
      assertThat(
              run(
                  job(
                      pipeline -> numbers(pipeline).apply(ParDo.of(new Check())),
                      options,
                      STEPS,
                      store)))
          .isInstanceOfSatisfying(
              Execution.End.Failed.class,
              end -> assertThat(end.cause()).hasMessage("cannot process 4"));
      assertThat(numbersInLetters()).containsExactly(3L);
    }
  }

  @Test
  void anElementThatIsInNoFileIsNotLeftOut() throws Exception {
    neverProcess(30);
    EmbeddedExecution job =
        job(pipeline -> numbers(pipeline).apply(ParDo.of(new Check())), options(), STEPS, null);
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(run(job))
        .isInstanceOfSatisfying(
            Execution.End.Failed.class,
            end -> assertThat(end.cause()).hasMessageContaining("an element cannot be given up"));
  }

  @Test
  void aJobThatCannotGoBackIsRefused() {
    ExecutionOptions options = options();
    options.setStreaming(false);
    assertThatThrownBy(() -> job(DeadLetterTest::numbers, options, STEPS, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--deadLetterFile needs a job that can go back");
  }
}
