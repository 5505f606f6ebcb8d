package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.epoch.Execution.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.metrics.MetricsSink;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TidemarkPipelineResultTest {
  private final FakeExecution execution = new FakeExecution();

  /** Remembers what was pushed, for the whole JVM: a sink is made by reflection. */
  public static final class KeepingSink implements MetricsSink {
    private static final long serialVersionUID = 1;
    private static final List<MetricQueryResults> PUSHED = new ArrayList<>();

    /** Called by reflection. */
    public KeepingSink(MetricsOptions options) {}

    @Override
    public void writeMetrics(MetricQueryResults results) {
      synchronized (PUSHED) {
        PUSHED.add(results);
      }
    }
  }

  private TidemarkPipelineResult start(String... arguments) {
    return new TidemarkRunner(
            PipelineOptionsFactory.fromArgs(arguments).create(),
            proto -> Graphs.bounded(),
            (graph, options, loader, store) -> execution)
        .run(Pipeline.create());
  }

  @Test
  void aWaitWithALimitLeavesTheJobRunning() {
    TidemarkPipelineResult result = start();
    assertThat(result.waitUntilFinish(Duration.millis(20))).isNull();
    assertThat(result.getState()).isEqualTo(State.RUNNING);
    assertThat(execution.cancelled).isFalse();
    execution.end(new End.Done());
    assertThat(result.waitUntilFinish(Duration.standardSeconds(50))).isEqualTo(State.DONE);
    assertThat(result.getState()).isEqualTo(State.DONE);
  }

  @Test
  void cancelEndsTheJob() {
    TidemarkPipelineResult result = start();
    assertThat(result.cancel()).isEqualTo(State.CANCELLED);
    assertThat(result.waitUntilFinish()).isEqualTo(State.CANCELLED);
    assertThat(result.cancel()).isEqualTo(State.CANCELLED);
  }

  @Test
  void drainFinishesTheJob() {
    TidemarkPipelineResult result = start();
    result.drain();
    assertThat(execution.drained).isTrue();
    assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);
  }

  @Test
  void aFailureNamesTheTransformAndCarriesWhatTheUserThrew() {
    TidemarkPipelineResult result = start();
    Exception thrown = new java.io.IOException("disk full");
    execution.end(new End.Failed("Read/Parse lines", thrown));
    for (int time = 0; time < 2; time++) {
      assertThatThrownBy(result::waitUntilFinish)
          .isInstanceOf(PipelineExecutionException.class)
          .hasMessage("Transform Read/Parse lines failed: java.io.IOException: disk full")
          .cause()
          .isSameAs(thrown);
    }
    assertThat(result.getState()).isEqualTo(State.FAILED);
    assertThatThrownBy(() -> result.waitUntilFinish(Duration.standardSeconds(1)))
        .isInstanceOf(JobFailedException.class);
  }

  @Test
  void aFailureOfNobodyNamesTheJob() {
    TidemarkPipelineResult result = start("--jobName=tally");
    execution.end(new End.Failed(null, new OutOfMemoryError("heap")));
    assertThatThrownBy(result::waitUntilFinish)
        .hasMessage("Job tally failed: java.lang.OutOfMemoryError: heap");
  }

  @Test
  void anEndThatIsNotKnownIsAFailure() {
    TidemarkPipelineResult result = start();
    IllegalStateException thrown = new IllegalStateException("driver died");
    execution.ended().completeExceptionally(thrown);
    assertThatThrownBy(result::waitUntilFinish).cause().isSameAs(thrown);
  }

  @Test
  void anInterruptedWaitLeavesTheJobRunning() {
    TidemarkPipelineResult result = start();
    Thread.currentThread().interrupt();
    assertThatThrownBy(result::waitUntilFinish).hasMessageContaining("Interrupted while waiting");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(result.getState()).isEqualTo(State.RUNNING);
    execution.end(new End.Done());
    assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);
  }

  @Test
  void metricsArePushedOnceMoreBeforeThoseWhoWaitGoOn() {
    synchronized (KeepingSink.PUSHED) {
      KeepingSink.PUSHED.clear();
    }
    TidemarkPipelineResult result =
        start("--metricsSink=" + KeepingSink.class.getName(), "--metricsPushPeriod=3600");
    execution.attempted.getContainer("step").getCounter(MetricName.named("n", "c")).inc(5);
    execution.end(new End.Done());
    result.waitUntilFinish();
    synchronized (KeepingSink.PUSHED) {
      assertThat(KeepingSink.PUSHED).hasSize(1);
      assertThat(KeepingSink.PUSHED.get(0).getCounters().iterator().next().getAttempted())
          .isEqualTo(5);
    }
  }

  @Test
  void noThreadIsLeft() throws InterruptedException {
    TidemarkPipelineResult done = start("--jobName=leaves-nothing");
    execution.end(new End.Done());
    done.waitUntilFinish();
    for (Thread thread : threadsOf("leaves-nothing")) {
      thread.join(10_000);
    }
    assertThat(threadsOf("leaves-nothing")).isEmpty();
  }

  private static Set<Thread> threadsOf(String job) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().contains(job))
        .collect(Collectors.toSet());
  }
}
