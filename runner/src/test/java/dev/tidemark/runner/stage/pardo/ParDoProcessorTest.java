package dev.tidemark.runner.stage.pardo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.testing.FakeHost;
import dev.tidemark.runner.stage.testing.Scenario;
import dev.tidemark.runner.stage.testing.Schedule;
import dev.tidemark.runner.stage.testing.TestGraphs;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.IllegalMutationException;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Functions without state. */
class ParDoProcessorTest {
  private static final IntervalWindow FIRST = window(0);
  private static final IntervalWindow SECOND = window(10);
  private static final TupleTag<Integer> MAIN = new TupleTag<>("main") {};
  private static final TupleTag<String> TEXT = new TupleTag<>("text") {};

  private static IntervalWindow window(long start) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Duration.millis(10));
  }

  private static NodeInGraph node(DoFn<Integer, Integer> fn) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(1))
        .apply(Window.into(FixedWindows.of(Duration.millis(10))))
        .apply("Step", ParDo.of(fn).withOutputTags(MAIN, TupleTagList.of(TEXT)));
    return TestGraphs.node(pipeline, "Step");
  }

  private static WindowedValue<?> element(Object value) {
    return WindowedValues.of(value, Instant.ofEpochMilli(1), FIRST, PaneInfo.NO_FIRING);
  }

  /** Uses most of what a function may ask for. */
  static final class Everything extends DoFn<Integer, Integer> {
    @ProcessElement
    public void process(
        @Element Integer element,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        PaneInfo pane,
        PipelineOptions options,
        MultiOutputReceiver out) {
      assertThat(options.getJobName()).isNotNull();
      assertThat(pane).isEqualTo(PaneInfo.NO_FIRING);
      out.get(MAIN).output(element * 2);
      out.get(TEXT).output(element + "@" + timestamp.getMillis() + " in " + window);
    }
  }

  @Test
  void elementsAreProcessedInEachOfTheirWindows() throws Exception {
    Scenario.of(node(new Everything()), ParDoProcessor::new)
        .element(1, 5, FIRST)
        .element(2, 12, FIRST, SECOND)
        .endOfTime()
        .expectInOrder("main", 2, 4, 4)
        .expectInOrder("text", "1@5 in " + FIRST, "2@12 in " + FIRST, "2@12 in " + SECOND)
        .run();
  }

  /** Emits sums when its bundle ends. */
  static final class Buffering extends DoFn<Integer, Integer> {
    private int sum;
    private boolean setUp;

    @Setup
    public void setup() {
      setUp = true;
    }

    @StartBundle
    public void start() {
      assertThat(setUp).isTrue();
      sum = 0;
    }

    @ProcessElement
    public void process(@Element Integer element) {
      sum += element;
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      if (sum != 0) {
        context.output(sum, Instant.ofEpochMilli(9), FIRST);
      }
    }
  }

  @Test
  void outputsOfFinishBundleComeOut() throws Exception {
    Scenario.of(node(new Buffering()), ParDoProcessor::new)
        .element(1, 5, FIRST)
        .element(2, 6, FIRST)
        .expectInOrder("main", 3)
        .run(List.of(Schedule.PLAIN));
  }

  /** Registers a callback for each element. */
  static final class Finalizing extends DoFn<Integer, Integer> {
    static final List<Integer> FINALIZED = new ArrayList<>();

    @ProcessElement
    public void process(@Element Integer element, BundleFinalizer finalizer) {
      finalizer.afterBundleCommit(
          Instant.ofEpochMilli(Long.MAX_VALUE), () -> FINALIZED.add(element));
    }
  }

  @Test
  void bundleFinalizersRunAfterTheCommitOnly() throws Exception {
    Finalizing.FINALIZED.clear();
    try (FakeHost host =
        new FakeHost(node(new Finalizing()), ParDoProcessor::new, Schedule.PLAIN)) {
      host.elements(List.of(element(7)));
      assertThat(Finalizing.FINALIZED).isEmpty();
      host.commit();
      assertThat(Finalizing.FINALIZED).containsExactly(7);
    }
  }

  /** Throws where it is told to; counts its teardowns. */
  static final class Failing extends DoFn<Integer, Integer> {
    static int tornDown;
    private final String where;

    Failing(String where) {
      this.where = where;
    }

    private void maybeFail(String here) {
      if (here.equals(where)) {
        throw new IllegalStateException("failed in " + here);
      }
    }

    @Setup
    public void setup() {
      maybeFail("setup");
    }

    @StartBundle
    public void start() {
      maybeFail("start");
    }

    @ProcessElement
    public void process() {
      maybeFail("process");
    }

    @FinishBundle
    public void finish() {
      maybeFail("finish");
    }

    @Teardown
    public void teardown() {
      tornDown++;
      maybeFail("teardown");
    }
  }

  @Test
  void failuresOfEachLifecycleMethodNameTheTransformAndTearDownOnce() {
    for (String where : List.of("setup", "start", "process", "finish", "teardown")) {
      Failing.tornDown = 0;
      assertThatThrownBy(
              () -> {
                try (FakeHost host =
                    new FakeHost(node(new Failing(where)), ParDoProcessor::new, Schedule.PLAIN)) {
                  host.elements(List.of(element(7)));
                  host.quiesce();
                }
              })
          .isInstanceOfSatisfying(
              TransformException.class, e -> assertThat(e.transform()).isEqualTo("Step"))
          .cause()
          .isExactlyInstanceOf(IllegalStateException.class)
          .hasMessage("failed in " + where);
      assertThat(Failing.tornDown).as("teardowns after a failure in " + where).isEqualTo(1);
    }
  }

  /** Hides whatever happens when it emits. */
  static final class Swallowing extends DoFn<Integer, Integer> {
    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<Integer> out) {
      try {
        out.output(element);
      } catch (RuntimeException e) {
        // As a careless user would.
      }
    }
  }

  @Test
  void failuresDownstreamPassUntouchedAndCannotBeHidden() {
    TransformException downstream =
        TransformException.of("Downstream", new ArithmeticException("bad sum"));
    assertThatThrownBy(
            () -> {
              try (FakeHost host =
                  new FakeHost(node(new Swallowing()), ParDoProcessor::new, Schedule.PLAIN)) {
                host.failOutputsWith(downstream);
                host.elements(List.of(element(7)));
              }
            })
        .isSameAs(downstream);
  }

  /** Changes the list that it is given. */
  static final class Mutating extends DoFn<List<Integer>, Integer> {
    @ProcessElement
    public void process(@Element List<Integer> element, OutputReceiver<Integer> out) {
      element.set(0, 42);
      out.output(1);
    }
  }

  @Test
  void mutationsOfTheInputAreFoundWhenAskedFor() throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(List.of(List.of(1))).withCoder(ListCoder.of(VarIntCoder.of())))
        .apply("Step", ParDo.of(new Mutating()));
    NodeInGraph node = TestGraphs.node(pipeline, "Step");
    assertThatThrownBy(
            () ->
                Scenario.of(node, () -> new ParDoProcessor(true))
                    .element(new ArrayList<>(List.of(1)), 1, GlobalWindow.INSTANCE)
                    .run(List.of(Schedule.PLAIN)))
        .isInstanceOf(TransformException.class)
        .hasMessageContaining("Step")
        .hasMessageContaining("mutated its input: it was [1], it is [42]")
        .hasCauseInstanceOf(IllegalMutationException.class);
    Scenario.of(node, () -> new ParDoProcessor(false))
        .element(new ArrayList<>(List.of(1)), 1, GlobalWindow.INSTANCE)
        .run(List.of(Schedule.PLAIN));
  }

  private static final Schema SCHEMA =
      Schema.builder().addStringField("name").addInt32Field("age").build();

  /** Takes fields and emits rows. */
  static final class Fields extends DoFn<Row, Row> {
    @ProcessElement
    public void process(
        @FieldAccess("name") String name, @FieldAccess("age") int age, OutputReceiver<Row> out) {
      out.output(Row.withSchema(SCHEMA).addValues(name + "!", age + 1).build());
    }
  }

  @Test
  void fieldsOfRowsAreParametersAndRowsAreOutputs() throws Exception {
    Row row = Row.withSchema(SCHEMA).addValues("Ann", 30).build();
    Pipeline pipeline = Pipeline.create();
    PCollection<Row> rows = pipeline.apply(Create.of(row).withRowSchema(SCHEMA));
    rows.apply("Step", ParDo.of(new Fields())).setCoder(SchemaCoder.of(SCHEMA));
    NodeInGraph node = TestGraphs.node(pipeline, "Step");
    Scenario.of(node, ParDoProcessor::new)
        .element(row, 1, GlobalWindow.INSTANCE)
        .expect(
            node.node().outputs().keySet().iterator().next(),
            Row.withSchema(SCHEMA).addValues("Ann!", 31).build())
        .run();
  }
}
