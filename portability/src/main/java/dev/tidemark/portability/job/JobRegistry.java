package dev.tidemark.portability.job;

import dev.tidemark.portability.id.RandomIds;
import dev.tidemark.portability.job.artifact.ArtifactFolder;
import dev.tidemark.portability.job.artifact.ArtifactRefusedException;
import dev.tidemark.portability.job.artifact.DeclaredArtifacts;
import dev.tidemark.portability.job.artifact.StagedArtifacts;
import dev.tidemark.portability.job.artifact.Staging;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All jobs of a server, from their preparation until they are forgotten, with their files.
 *
 * <p>Thread-safe.
 */
public final class JobRegistry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobRegistry.class);

  private final JobExecutions executions;
  private final JobLimits limits;
  private final Path artifactsFolder;
  private final InstantSource clock;
  private final RandomIds ids = new RandomIds();
  private final PreparedJobs prepared;
  private final KnownJobs known;

  /** The files of jobs, by job id: those under way, and all if artifacts are kept. */
  private final Map<String, Staging> files = new ConcurrentHashMap<>();

  /** When there was last any work. */
  private volatile Instant busy;

  /**
   * A registry without jobs.
   *
   * @param executions runs them
   * @param artifactsFolder where each job gets a folder of its own; what a server that was killed
   *     has left there is removed
   * @param clock says when jobs are to be forgotten
   */
  public JobRegistry(
      JobExecutions executions, JobLimits limits, Path artifactsFolder, InstantSource clock) {
    this.executions = executions;
    this.limits = limits;
    this.artifactsFolder = artifactsFolder;
    this.clock = clock;
    this.prepared = new PreparedJobs(clock, limits.preparedJobs(), 4L * limits.prepareBytes());
    this.known = new KnownJobs(clock, limits.finishedJobs(), limits.finishedFor());
    this.busy = clock.instant();
    ArtifactFolder.removeLeftovers(artifactsFolder);
  }

  /**
   * Prepares a job.
   *
   * @throws JobRefusedException if it cannot be run
   * @throws TooManyJobsException if others have to be run first
   */
  PreparedJob prepare(String jobName, RunnerApi.Pipeline pipeline, Struct options)
      throws JobRefusedException, TooManyJobsException {
    sweep();
    busy = clock.instant();
    JobDescription description =
        new JobDescription(
            "job-" + ids.next(), jobName.isEmpty() ? "job" : jobName, pipeline, options);
    DeclaredArtifacts declared = DeclaredArtifacts.of(pipeline);
    List<String> problems = declared.problems();
    if (!problems.isEmpty()) {
      throw new JobRefusedException(problems);
    }
    PreparedJob job =
        new PreparedJob(
            "preparation-" + ids.next(),
            ids.next(),
            description,
            executions.prepare(description),
            new Staging(
                declared, new ArtifactFolder(artifactsFolder, limits.artifactBytes()), ids::next),
            clock.instant().plus(limits.preparedFor()));
    if (!prepared.add(job)) {
      throw new TooManyJobsException();
    }
    return job;
  }

  /**
   * Runs a prepared job, once.
   *
   * @return the job, or empty if no such job is prepared
   * @throws ArtifactRefusedException if its artifacts were not staged; it stays prepared
   */
  Optional<Job> run(String preparationId) throws ArtifactRefusedException {
    sweep();
    Optional<PreparedJob> found = prepared.get(preparationId);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    PreparedJob job = found.get();
    StagedArtifacts artifacts = job.staging().artifacts();
    if (!prepared.take(job)) {
      return Optional.empty();
    }
    return Optional.of(start(job, artifacts));
  }

  private Job start(PreparedJob job, StagedArtifacts artifacts) {
    JobDescription description = job.description();
    files.put(description.jobId(), job.staging());
    JobExecution execution;
    try {
      execution = job.prepared().create(artifacts.rewrite(description.pipeline()), artifacts);
    } catch (RuntimeException | Error e) {
      removeFiles(description.jobId());
      throw e;
    }
    busy = clock.instant();
    Job started = new Job(description, artifacts, execution, limits, clock, this::ended);
    known.add(started);
    started.start();
    return started;
  }

  private void ended(Job job) {
    busy = clock.instant();
    known.end(job);
    if (!limits.keepArtifacts()) {
      removeFiles(job.description().jobId());
    }
    sweep();
  }

  /** A job that was run and is not forgotten. */
  Optional<Job> job(String jobId) {
    return known.get(jobId);
  }

  /** All jobs that were run and are not forgotten. */
  List<Job> jobs() {
    return known.all();
  }

  /** Whether for so long no job was prepared, nor under way. */
  public boolean idleFor(Duration time) {
    return known.underWay().isEmpty() && !busy.plus(time).isAfter(clock.instant());
  }

  /** The staging of a prepared job. */
  public Optional<Staging> staging(String token) {
    return prepared.staging(token);
  }

  /** The artifacts of a job that is under way; for {@code ArtifactRetrieval}. */
  public Optional<StagedArtifacts> artifacts(String jobId) {
    return known.get(jobId).map(Job::artifacts);
  }

  /**
   * Forgets prepared and ended jobs whose time is over. Happens whenever a job is prepared, run or
   * ends; a server that is idle calls it now and then.
   */
  public void sweep() {
    prepared.takeExpired().forEach(job -> remove(job.staging()));
    known.forget().forEach(job -> removeFiles(job.description().jobId()));
  }

  private void removeFiles(String jobId) {
    Staging staging = files.remove(jobId);
    if (staging != null) {
      remove(staging);
    }
  }

  private static void remove(Staging staging) {
    try {
      staging.close();
    } catch (IOException e) {
      LOG.warn("Files of a job could not be removed", e);
    }
  }

  /**
   * Cancels all jobs, waits for their ends, and removes all files.
   *
   * @param patience how long it waits
   * @return how many jobs have not ended by then
   */
  public int close(Duration patience) throws InterruptedException {
    known.underWay().forEach(Job::cancel);
    long deadline = System.nanoTime() + patience.toNanos();
    for (Job job : known.underWay()) {
      job.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
    int left = known.underWay().size();
    close();
    return left;
  }

  /** Removes all files; jobs should have ended. */
  @Override
  public void close() {
    prepared.takeAll().forEach(job -> remove(job.staging()));
    List.copyOf(files.keySet()).forEach(this::removeFiles);
  }
}
