package dev.tidemark.portability.job;

import dev.tidemark.portability.job.artifact.StagedArtifacts;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/** Executions of which the test says what happens. Thread-safe. */
public final class ScriptedJobs implements JobExecutions {
  private final BlockingQueue<Run> started = new LinkedBlockingQueue<>();

  /** What the next jobs are refused for; none if empty. */
  public volatile List<String> problems = List.of();

  /** Thrown instead of starting. */
  public volatile @Nullable RuntimeException startFailure;

  /** The next run that was started. */
  public Run next() throws InterruptedException {
    Run run = started.poll(30, TimeUnit.SECONDS);
    if (run == null) {
      throw new AssertionError("no job was started");
    }
    return run;
  }

  @Override
  public Prepared prepare(JobDescription job) throws JobRefusedException {
    if (!problems.isEmpty()) {
      throw new JobRefusedException(problems);
    }
    return (pipeline, artifacts) -> new Run(job, pipeline, artifacts);
  }

  /** One run. */
  public final class Run implements JobExecution {
    /** What was prepared. */
    public final JobDescription job;

    /** What is run. */
    public final RunnerApi.Pipeline pipeline;

    /** Its files. */
    public final StagedArtifacts artifacts;

    /** How often it was asked to end. */
    public final AtomicInteger cancels = new AtomicInteger();

    /** How often it was asked to end in order. */
    public final AtomicInteger drains = new AtomicInteger();

    /** What it says of its metrics. */
    public volatile JobApi.MetricResults metrics = JobApi.MetricResults.getDefaultInstance();

    private volatile @Nullable JobListener listener;

    private Run(JobDescription job, RunnerApi.Pipeline pipeline, StagedArtifacts artifacts) {
      this.job = job;
      this.pipeline = pipeline;
      this.artifacts = artifacts;
    }

    @Override
    public void start(JobListener told) {
      RuntimeException failure = startFailure;
      if (failure != null) {
        throw failure;
      }
      listener = told;
      told.running();
      started.add(this);
    }

    /** Who hears of it. */
    public JobListener listener() {
      JobListener known = listener;
      if (known == null) {
        throw new AssertionError("not started");
      }
      return known;
    }

    @Override
    public void cancel() {
      cancels.incrementAndGet();
    }

    @Override
    public void drain() {
      drains.incrementAndGet();
    }

    @Override
    public JobApi.MetricResults metrics() {
      return metrics;
    }
  }
}
