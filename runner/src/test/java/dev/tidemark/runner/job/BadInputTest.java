package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a new user may get wrong gives one error that names the transform, and leaves nothing
 * behind: no thread, no function that was not torn down.
 */
@Timeout(60)
class BadInputTest {
  /** The instances of {@link Faulty} that are set up and not torn down. */
  private static final Set<Integer> IN_USE = ConcurrentHashMap.newKeySet();

  private final PipelineOptions options = PipelineOptionsFactory.create();

  BadInputTest() {
    options.setRunner(TidemarkRunner.class);
    options.setJobName("bad-input-" + System.nanoTime());
  }

  /** Runs the pipeline, which must fail, and returns how; no thread of the job may be left. */
  private JobFailedException failureOf(Pipeline pipeline) throws InterruptedException {
    Throwable thrown = catchThrowable(() -> pipeline.run().waitUntilFinish());
    assertThat(thrown).isInstanceOf(JobFailedException.class);
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("tidemark-")
          && thread.getName().contains(options.getJobName())) {
        thread.join(30_000);
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
    return (JobFailedException) thrown;
  }

  private enum When {
    SETUP,
    START_BUNDLE,
    PROCESS,
    FINISH_BUNDLE,
    TEARDOWN
  }

  /** Throws in one of its lifecycle methods. */
  private static final class Faulty extends DoFn<Integer, Integer> {
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

  @ParameterizedTest
  @EnumSource(When.class)
  void aFunctionThatThrowsIsNamedAndTornDown(When when) throws Exception {
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(Create.of(1, 2, 3)).apply("Break it", ParDo.of(new Faulty(when)));

    JobFailedException failure = failureOf(pipeline);

    assertThat(failure.transform().orElseThrow()).startsWith("Break it");
    assertThat(failure).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(failure).hasMessageContaining("Break it").hasMessageContaining("out of order");
    assertThat(IN_USE).isEmpty();
  }

  /** Encodes nothing that is odd. */
  private static final class EvenOnlyCoder extends CustomCoder<Integer> {
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

  private static final class KeyByWord extends DoFn<Integer, KV<String, Integer>> {
    private final Serializable key;

    KeyByWord(Serializable key) {
      this.key = key;
    }

    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<KV<String, Integer>> output) {
      output.output(KV.of(key.equals("") ? null : (String) key, element));
    }
  }

  @Test
  void aCoderThatThrowsIsNamedWithItsTransform() throws Exception {
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(Create.of(1, 2))
        .apply("Key", ParDo.of(new KeyByWord("k")))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), new EvenOnlyCoder()))
        .apply("Group them", GroupByKey.create());

    JobFailedException failure = failureOf(pipeline);

    assertThat(failure)
        .hasMessageContaining("Group them")
        .hasMessageContaining("EvenOnlyCoder")
        .hasMessageContaining("cannot encode the odd number 1");
  }

  @Test
  void aNullKeyThatItsCoderCannotEncodeIsExplained() throws Exception {
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(Create.of(1))
        .apply("Key", ParDo.of(new KeyByWord("")))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
        .apply("Group them", GroupByKey.create());

    assertThat(failureOf(pipeline))
        .hasMessageContaining("Group them")
        .hasMessageContaining("null")
        .hasMessageContaining("StringUtf8Coder");
  }

  @Test
  void aFileThatIsNotThereIsNamed() throws Exception {
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply("Read it", TextIO.read().from("/no/such/folder/words.txt"));

    assertThat(failureOf(pipeline))
        .hasMessageContaining("Read it")
        .hasMessageContaining("/no/such/folder/words.txt")
        .hasCauseInstanceOf(FileNotFoundException.class);
  }

  @Test
  void aFailureOfOneJobLeavesTheNextAlone() throws Exception {
    Pipeline broken = Pipeline.create(options);
    broken.apply(Create.of(1)).apply("Break it", ParDo.of(new Faulty(When.PROCESS)));
    failureOf(broken);

    Pipeline sound = Pipeline.create(options);
    sound.apply(Create.of(List.of(1, 2, 3)));
    assertThat(sound.run().waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
  }
}
