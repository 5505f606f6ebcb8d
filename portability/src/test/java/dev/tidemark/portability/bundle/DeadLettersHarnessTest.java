package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.runner.epoch.Execution;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.CountingSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.values.WindowedValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job goes on without the elements that a function in a harness cannot process. */
@Timeout(120)
final class DeadLettersHarnessTest {
  private static final long ELEMENTS = 1_000;
  private static final Set<Long> POISON = Set.of(7L, 8L, 503L, ELEMENTS - 1);

  private final Path letters;
  private final Pipeline pipeline = Pipeline.create();
  private final AtomicInteger bundles = new AtomicInteger();
  private final Map<Long, Integer> tries = new ConcurrentHashMap<>();

  DeadLettersHarnessTest(@TempDir Path folder) {
    letters = folder.resolve("letters.json");
  }

  private ScriptedJob job(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(
        List.of("--lanes=2", "--streaming", "--jobRetries=0", "--deadLetterFile=" + letters));
    return new ScriptedJob(
        pipeline,
        List.of(
            pipeline
                .apply(Read.from(CountingSource.upTo(ELEMENTS)))
                .apply(Redistribute.arbitrarily())
                .apply(
                    "Check", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS))),
        all.toArray(String[]::new));
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<Long, Long> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  /** Hands on what comes, and fails with poison, of which part of the output is there already. */
  private void check(ScriptedJob job, ScriptedBundle bundle) throws Exception {
    bundles.incrementAndGet();
    for (WindowedValue<Object> element : job.elements(bundle)) {
      Long number = (Long) element.getValue();
      if (POISON.contains(number)) {
        tries.merge(number, 1, Integer::sum);
        bundle.event(
            new BundleEvent.Failed("cannot process [while running 'Check/ParMultiDo(Elsewhere)']"));
        return;
      }
      job.emit(bundle, element);
    }
    job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
  }

  private List<JsonNode> letters() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    for (String line : Files.readAllLines(letters)) {
      all.add(new ObjectMapper().readTree(line));
    }
    return all;
  }

  @Test
  void theElementsAreFoundAndLeftOut() throws Exception {
    ScriptedJob job = job();

    assertThat(job.run(new ScriptedWorkers(bundle -> check(job, bundle)), HarnessSettings.DEFAULT))
        .isInstanceOf(Execution.End.Done.class);

    assertThat(job.collected(Long.class))
        .containsExactlyInAnyOrderElementsOf(
            LongStream.range(0, ELEMENTS).boxed().filter(n -> !POISON.contains(n)).toList());
    List<Long> written = new ArrayList<>();
    for (JsonNode letter : letters()) {
      byte[] encoded = letter.path("element").binaryValue();
      written.add(VarLongCoder.of().decode(new ByteArrayInputStream(encoded)));
      assertThat(letter.path("tries").asInt()).isEqualTo(3);
      assertThat(letter.path("error").asText()).contains("cannot process");
      assertThat(letter.path("transform").asText()).startsWith("Check");
    }
    assertThat(written).containsExactlyInAnyOrderElementsOf(POISON);
    // By halves: some 10 bundles that fail and as many that do not, and 3 tries.
    assertThat(bundles.get()).isLessThan(250);
    assertThat(tries.values()).allMatch(count -> count >= 3);
  }

  @Test
  void whatFailsWithoutElementsIsNoElementsFault() throws Exception {
    ScriptedJob job = job();

    Execution.End end =
        job.run(
            new ScriptedWorkers(
                bundle -> {
                  job.elements(bundle);
                  bundle.event(new BundleEvent.Failed("cannot finish"));
                }),
            HarnessSettings.DEFAULT);

    assertThat(end)
        .isInstanceOfSatisfying(
            Execution.End.Failed.class,
            failed -> assertThat(failed.cause()).hasMessageContaining("cannot finish"));
    assertThat(letters()).isEmpty();
  }

  @Test
  void ifTooManyFailTheJobDoes() throws Exception {
    ScriptedJob job = job("--deadLetterLimit=2");

    Execution.End end =
        job.run(new ScriptedWorkers(bundle -> check(job, bundle)), HarnessSettings.DEFAULT);

    assertThat(end)
        .isInstanceOfSatisfying(
            Execution.End.Failed.class,
            failed -> assertThat(failed.cause()).hasMessageContaining("cannot process"));
    assertThat(letters()).hasSize(2);
  }
}
