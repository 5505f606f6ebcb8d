package dev.tidemark.runner.epoch;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.DefaultValueFactory;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.StreamingOptions;
import org.jspecify.annotations.Nullable;

/**
 * The options that the executor reads.
 *
 * <p>Their names are chosen so that no other runner of Beam has an option of the same name: Beam
 * refuses to start when two registered interfaces give one option different types or defaults, and
 * a user's jar may bring other runners along.
 *
 * <p>The runner hands the executor options that are complete and checked: aliases are folded in,
 * values are in range, and {@link #isStreaming} is true whenever the pipeline is unbounded.
 */
public interface ExecutionOptions extends StreamingOptions {

  /** How many lanes work at the same time; at least 1. */
  @Description(
      "How many lanes work at the same time. Each keyed element belongs to one lane. "
          + "Default: the number of cores.")
  @Default.InstanceFactory(Cores.class)
  int getLanes();

  void setLanes(int lanes);

  /** Into how many groups keys are hashed; at least the number of lanes. */
  @Description(
      "Into how many groups keys are hashed; lanes own ranges of them, so it is the upper limit "
          + "for --lanes. Default: 128, or the number of lanes if that is more.")
  @Default.InstanceFactory(Groups.class)
  int getKeyGroups();

  void setKeyGroups(int keyGroups);

  /** How many splits an unbounded source is asked for; at least 1. */
  @Description(
      "How many splits an unbounded source is asked for; a source may give more or fewer. They are "
          + "dealt to the lanes, each with a thread that reads ahead. Fixed when a job starts for "
          + "the first time, so it does not depend on --lanes. Default: 16.")
  @Default.Integer(16)
  int getUnboundedSplits();

  void setUnboundedSplits(int splits);

  /** How long an epoch should take when streaming, in milliseconds. */
  @Description(
      "How long an epoch should take in a streaming job, in milliseconds. Smaller is a lower "
          + "latency, larger is a higher throughput. Default: 20.")
  @Default.Long(20)
  long getTargetEpochMillis();

  void setTargetEpochMillis(long millis);

  /** How long an epoch may take in elements before it ends, in milliseconds. */
  @Description(
      "How long an epoch of a streaming job may go on taking elements at most, in milliseconds. "
          + "Default: 1000.")
  @Default.Long(1000)
  long getMaxEpochMillis();

  void setMaxEpochMillis(long millis);

  /** How many elements a bundle may hold. */
  @Description(
      "How many elements a bundle may hold. Default: 1000 in a streaming job, 1000000 in batch.")
  @Default.InstanceFactory(BundleElements.class)
  long getMaxBundleElements();

  void setMaxBundleElements(long elements);

  /** How long a bundle may stay open, in milliseconds. */
  @Description(
      "How long a bundle may stay open, in milliseconds. "
          + "Default: 1000 in a streaming job, 10000 in batch.")
  @Default.InstanceFactory(BundleMillis.class)
  long getMaxBundleMillis();

  void setMaxBundleMillis(long millis);

  /** Whether each input of a user's function is compared with itself after the call. */
  @Description(
      "Whether to find functions that change their input: each element is compared with a copy of "
          + "it after each call. Slow, for tests. Default: false.")
  @Default.Boolean(false)
  boolean isCheckMutations();

  void setCheckMutations(boolean check);

  /** The folder for what does not fit into memory, or null for the system's temporary folder. */
  @Description(
      "The folder for what does not fit into memory: each job makes a folder of its own in it, and "
          + "removes it when it ends. Default: the system's folder for temporary files.")
  @Nullable String getScratchDir();

  void setScratchDir(@Nullable String folder);

  /** How much memory a job may use for what it can put on disk, in megabytes; at least 1. */
  @Description(
      "How much memory on Java's heap a job may use for what can as well be on disk, in megabytes: "
          + "pages between stages, groups, accumulators and sorted elements of batch jobs, side "
          + "inputs, bundles of SDK harnesses. What is beyond it goes to --scratchDir. "
          + "Default: six tenths of the heap, but for 24 MB of it.")
  @Default.InstanceFactory(ShareOfHeap.class)
  long getMemoryMegabytes();

  void setMemoryMegabytes(long megabytes);

  /** How much memory the state of a job takes that keeps it in a store, in megabytes. */
  @Description(
      "How much memory the state of a job takes that keeps it in --stateDir, in megabytes: half of "
          + "it for what was used last, on Java's heap, and half for what the store has read and "
          + "not written to files yet, outside of it. The rest is on disk. Default: half as much as "
          + "the heap, so a quarter of the heap, and as much outside.")
  @Default.InstanceFactory(HalfOfHeap.class)
  long getStateMemoryMegabytes();

  void setStateMemoryMegabytes(long megabytes);

  /** How often a job that keeps its state goes on after a failure; at least 0. */
  @Description(
      "How often a streaming job that keeps its state goes on from its last committed epoch after "
          + "a failure, before it fails. It can be resumed then as well. A failure does not count "
          + "any more when the job has run for --jobRetryResetMillis without one. Default: 3.")
  @Default.Integer(3)
  int getJobRetries();

  void setJobRetries(int retries);

  /** How long to wait before going on after the first failure, in milliseconds; at least 0. */
  @Description(
      "How long a job that goes on after a failure waits before it does, in milliseconds; twice as "
          + "long after each further failure. Default: 1000.")
  @Default.Long(1000)
  long getJobRetryDelayMillis();

  void setJobRetryDelayMillis(long millis);

  /** The longest time to wait before going on after a failure, in milliseconds. */
  @Description(
      "The longest time that a job waits before it goes on after a failure, in milliseconds. "
          + "Default: 60000.")
  @Default.Long(60_000)
  long getMaxJobRetryDelayMillis();

  void setMaxJobRetryDelayMillis(long millis);

  /** How long a job runs without a failure until earlier ones are forgotten, in milliseconds. */
  @Description(
      "How long a job has to run without a failure, in milliseconds, until those before do not count "
          + "any more for --jobRetries, --jobRetryDelayMillis and --deadLetterLimit. "
          + "Default: 600000, ten minutes.")
  @Default.Long(600_000)
  long getJobRetryResetMillis();

  void setJobRetryResetMillis(long millis);

  /** The file for elements whose processing fails again and again; null: the job fails then. */
  @Description(
      "A file for elements whose processing fails again and again in a streaming job: they are "
          + "written there, a line of JSON each, with the error, and the job goes on without them. "
          + "Default: none, the job fails.")
  @Nullable String getDeadLetterFile();

  void setDeadLetterFile(@Nullable String file);

  /** Whether the file is in the directory that the job keeps its state in. */
  @Description(
      "As --deadLetterFile, with the file dead-letters.json in the directory of --stateDir or "
          + "--stateName. So the clients of a job server may ask for it, too. Default: false.")
  @Default.Boolean(false)
  boolean isDeadLetters();

  void setDeadLetters(boolean deadLetters);

  /** How often processing an element fails until it goes to the file; at least 1. */
  @Description(
      "How often processing an element has to fail until it goes to --deadLetterFile. Default: 3.")
  @Default.Integer(3)
  int getDeadLetterAfter();

  void setDeadLetterAfter(int failures);

  /** How many elements go to the file before the job fails instead; at least 1. */
  @Description(
      "How many elements go to --deadLetterFile before the job fails instead: if so many fail, it "
          + "is not they that are bad. Default: 1000.")
  @Default.Integer(1000)
  int getDeadLetterLimit();

  void setDeadLetterLimit(int elements);

  /** The default of {@link #getLanes}. */
  final class Cores implements DefaultValueFactory<Integer> {
    @Override
    public Integer create(PipelineOptions options) {
      return Runtime.getRuntime().availableProcessors();
    }
  }

  /** The default of {@link #getStateMemoryMegabytes}. */
  final class HalfOfHeap implements DefaultValueFactory<Long> {
    private static final long LEAST = 16;

    @Override
    public Long create(PipelineOptions options) {
      return Math.max(LEAST, Runtime.getRuntime().maxMemory() >> 21);
    }
  }

  /** The default of {@link #getMemoryMegabytes}. */
  final class ShareOfHeap implements DefaultValueFactory<Long> {
    @Override
    public Long create(PipelineOptions options) {
      return megabytes();
    }

    /** What it is for this JVM. */
    public static long megabytes() {
      return Math.max(1, ((Runtime.getRuntime().maxMemory() >> 20) - 24) * 6 / 10);
    }
  }

  /** The default of {@link #getKeyGroups}. */
  final class Groups implements DefaultValueFactory<Integer> {
    @Override
    public Integer create(PipelineOptions options) {
      return Math.max(128, options.as(ExecutionOptions.class).getLanes());
    }
  }

  /** The default of {@link #getMaxBundleElements}; a batch job has no latency to keep low. */
  final class BundleElements implements DefaultValueFactory<Long> {
    @Override
    public Long create(PipelineOptions options) {
      return options.as(ExecutionOptions.class).isStreaming() ? 1_000L : 1_000_000L;
    }
  }

  /** The default of {@link #getMaxBundleMillis}; a batch job has no latency to keep low. */
  final class BundleMillis implements DefaultValueFactory<Long> {
    @Override
    public Long create(PipelineOptions options) {
      return options.as(ExecutionOptions.class).isStreaming() ? 1_000L : 10_000L;
    }
  }
}
