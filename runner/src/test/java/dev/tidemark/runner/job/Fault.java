package dev.tidemark.runner.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.jspecify.annotations.Nullable;

/** What a new user may get wrong, as pipelines that cannot run to their end. */
public enum Fault {
  SETUP_THROWS(
      pipeline -> breakAt(pipeline, When.SETUP), "Break it", "IllegalStateException: out of order"),
  START_BUNDLE_THROWS(
      pipeline -> breakAt(pipeline, When.START_BUNDLE),
      "Break it",
      "IllegalStateException: out of order"),
  PROCESS_THROWS(
      pipeline -> breakAt(pipeline, When.PROCESS),
      "Break it",
      "IllegalStateException: out of order"),
  FINISH_BUNDLE_THROWS(
      pipeline -> breakAt(pipeline, When.FINISH_BUNDLE),
      "Break it",
      "IllegalStateException: out of order"),
  TEARDOWN_THROWS(
      pipeline -> breakAt(pipeline, When.TEARDOWN),
      "Break it",
      "IllegalStateException: out of order"),
  CODER_THROWS(
      pipeline ->
          keyed(pipeline, "k", KvCoder.of(StringUtf8Coder.of(), new EvenOnlyCoder()))
              .apply("Group them", GroupByKey.create()),
      "Key",
      "Group them",
      "EvenOnlyCoder",
      "cannot encode the odd number 1"),
  NULL_KEY(
      pipeline ->
          keyed(pipeline, null, KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
              .apply("Group them", GroupByKey.create()),
      "Key",
      "Group them",
      "null",
      "StringUtf8Coder"),
  NO_SUCH_FILE(
      pipeline -> pipeline.apply("Read it", TextIO.read().from("/no/such/folder/words.txt")),
      "Read it",
      "/no/such/folder/words.txt",
      "FileNotFoundException"),
  /** Refused by Beam when the transform is applied. */
  KEYS_NOT_DETERMINISTIC(
      pipeline ->
          keyed(pipeline, "k", KvCoder.of(new FickleCoder(), VarIntCoder.of()))
              .apply("Group them", GroupByKey.create()),
      "GroupByKey",
      "deterministic",
      "FickleCoder",
      "has moods",
      "Fault.java"),
  /** Refused by Beam when the transform is applied. */
  STATE_KEYS_NOT_DETERMINISTIC(
      pipeline ->
          keyed(pipeline, "k", KvCoder.of(new FickleCoder(), VarIntCoder.of()))
              .apply("Remember them", ParDo.of(new Remembering())),
      "ParDo",
      "deterministic",
      "FickleCoder",
      "has moods",
      "Fault.java");

  /** The instances of {@link Faulty} that are set up and not torn down. */
  static final Set<Integer> IN_USE = ConcurrentHashMap.newKeySet();

  private final Consumer<Pipeline> steps;
  private final String transform;
  private final List<String> words;

  Fault(Consumer<Pipeline> steps, String transform, String... words) {
    this.steps = steps;
    this.transform = transform;
    this.words = List.of(words);
  }

  /** Adds the faulty steps to {@code pipeline}. */
  void addTo(Pipeline pipeline) {
    steps.accept(pipeline);
  }

  /** With what the name of the transform to blame begins. */
  public String transform() {
    return transform;
  }

  /** What else an error must say. */
  public List<String> words() {
    return words;
  }

  /** The fault as a user's program: its first argument is the name, the others are options. */
  public static void main(String[] arguments) {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                List.of(arguments).subList(1, arguments.length).toArray(String[]::new))
            .create();
    Pipeline pipeline = Pipeline.create(options);
    valueOf(arguments[0]).addTo(pipeline);
    pipeline.run().waitUntilFinish();
  }

  private static void breakAt(Pipeline pipeline, When when) {
    pipeline.apply(Create.of(1, 2, 3)).apply("Break it", ParDo.of(new Faulty(when)));
  }

  static PCollection<KV<String, Integer>> keyed(
      Pipeline pipeline, @Nullable String key, Coder<KV<String, Integer>> coder) {
    return pipeline.apply(Create.of(1, 2)).apply("Key", ParDo.of(new KeyBy(key))).setCoder(coder);
  }

  enum When {
    SETUP,
    START_BUNDLE,
    PROCESS,
    FINISH_BUNDLE,
    TEARDOWN
  }

  /** Throws in one of its lifecycle methods. */
  static final class Faulty extends DoFn<Integer, Integer> {
    private final When when;

    Faulty(When when) {
      this.when = when;
    }

    private void reach(When now) {
      if (now == when) {
        throw new IllegalStateException("out of order");
      }
    }

    @Setup
    public void setup() {
      IN_USE.add(System.identityHashCode(this));
      reach(When.SETUP);
    }

    @StartBundle
    public void startBundle() {
      reach(When.START_BUNDLE);
    }

    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<Integer> output) {
      reach(When.PROCESS);
      output.output(element);
    }

    @FinishBundle
    public void finishBundle() {
      reach(When.FINISH_BUNDLE);
    }

    @Teardown
    public void teardown() {
      IN_USE.remove(System.identityHashCode(this));
      reach(When.TEARDOWN);
    }
  }

  /** Encodes nothing that is odd. */
  static final class EvenOnlyCoder extends AtomicCoder<Integer> {
    @Override
    public void encode(Integer value, OutputStream out) throws IOException {
      if (value % 2 != 0) {
        throw new CoderException("cannot encode the odd number " + value);
      }
      VarIntCoder.of().encode(value, out);
    }

    @Override
    public Integer decode(InputStream in) throws IOException {
      return VarIntCoder.of().decode(in);
    }
  }

  /** Says that it may encode equal values differently. */
  static final class FickleCoder extends AtomicCoder<String> {
    @Override
    public void encode(String value, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(value, out);
    }

    @Override
    public String decode(InputStream in) throws IOException {
      return StringUtf8Coder.of().decode(in);
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      throw new NonDeterministicException(this, "it has moods");
    }
  }

  private static final class KeyBy extends DoFn<Integer, KV<String, Integer>> {
    private final @Nullable String key;

    KeyBy(@Nullable String key) {
      this.key = key;
    }

    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<KV<String, Integer>> output) {
      output.output(KV.of(key, element));
    }
  }

  private static final class Remembering extends DoFn<KV<String, Integer>, Integer> {
    @StateId("last")
    private final StateSpec<ValueState<Integer>> lastSpec = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, @StateId("last") ValueState<Integer> last) {
      last.write(element.getValue());
    }
  }
}
