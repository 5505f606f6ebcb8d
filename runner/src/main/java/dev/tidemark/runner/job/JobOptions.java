package dev.tidemark.runner.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.runner.job.remote.RemoteOptions;
import java.io.IOException;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.common.ReflectHelpers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the options of a run out of those that the user gave. */
public final class JobOptions {
  private static final Logger LOG = LoggerFactory.getLogger(JobOptions.class);

  private JobOptions() {}

  /**
   * Returns a copy that went through JSON, aliases folded in and values checked.
   *
   * <p>Options travel as JSON wherever a pipeline runs on other machines; that they do here as well
   * shows early what would fail there, and keeps a run apart from what the caller sets afterwards.
   *
   * @throws InvalidOptionException if an option does not survive JSON, or is out of range, or
   *     disagrees with another
   */
  public static TidemarkOptions prepare(PipelineOptions given) {
    ObjectMapper mapper =
        new ObjectMapper()
            .registerModules(ObjectMapper.findModules(ReflectHelpers.findClassLoader()));
    TidemarkOptions options;
    JsonNode tree;
    try {
      tree = mapper.readTree(mapper.writeValueAsBytes(given));
      options = mapper.treeToValue(tree, PipelineOptions.class).as(TidemarkOptions.class);
    } catch (IOException e) {
      throw new InvalidOptionException(
          "A pipeline option cannot be written as JSON and read again: "
              + innermost(e).getMessage()
              + ". Give its type Jackson annotations, or mark its getter with @JsonIgnore.",
          e);
    }
    OptionAliases.fold(options, tree.path("options"));
    check(options);
    return options;
  }

  private static void check(TidemarkOptions options) {
    atLeast("lanes", 1, options.getLanes());
    atLeast("keyGroups", 1, options.getKeyGroups());
    atLeast("unboundedSplits", 1, options.getUnboundedSplits());
    atLeast("targetEpochMillis", 1, options.getTargetEpochMillis());
    atLeast("shutdownMillis", 0, options.getShutdownMillis());
    atLeast("jobRetries", 0, options.getJobRetries());
    atLeast("jobRetryDelayMillis", 0, options.getJobRetryDelayMillis());
    atLeast("maxJobRetryDelayMillis", 0, options.getMaxJobRetryDelayMillis());
    atLeast("jobRetryResetMillis", 1, options.getJobRetryResetMillis());
    atLeast("deadLetterAfter", 1, options.getDeadLetterAfter());
    atLeast("deadLetterLimit", 1, options.getDeadLetterLimit());
    atLeast("memoryMegabytes", 1, options.getMemoryMegabytes());
    atLeast("stateMemoryMegabytes", 8, options.getStateMemoryMegabytes());
    if (options.getKeyGroups() < options.getLanes()) {
      throw new InvalidOptionException(
          String.format(
              "--lanes=%d is more than --keyGroups=%d: a lane owns at least one group of keys. "
                  + "Lower --lanes or raise --keyGroups.",
              options.getLanes(), options.getKeyGroups()));
    }
    checkState(options);
    if (options.getDeadLetterFile() != null
        && options.as(RemoteOptions.class).getJobEndpoint() != null) {
      throw new InvalidOptionException(
          "--deadLetterFile is a file of this machine, and --jobEndpoint runs the job on a server, "
              + "which keeps no such files. Leave one of them out.");
    }
    if (options.getMaxEpochMillis() < options.getTargetEpochMillis()) {
      throw new InvalidOptionException(
          String.format(
              "--maxEpochMillis=%d is less than --targetEpochMillis=%d.",
              options.getMaxEpochMillis(), options.getTargetEpochMillis()));
    }
  }

  private static void checkState(TidemarkOptions options) {
    if (options.getStateName() != null && options.getStateDir() != null) {
      throw new InvalidOptionException(
          "--stateDir and --stateName both say where the state of the job is. Leave one of them"
              + " out.");
    }
    if (!keepsState(options)) {
      refuseWithoutStateDir("fromSnapshot", options.getFromSnapshot() != null);
      refuseWithoutStateDir("transformNameMapping", options.getTransformNameMapping() != null);
      refuseWithoutStateDir("allowDroppedState", options.isAllowDroppedState());
    } else if (options.getStateDir() != null
        && options.as(RemoteOptions.class).getJobEndpoint() != null) {
      throw new InvalidOptionException(
          "--stateDir is a directory of this machine, and --jobEndpoint runs the job on a server, "
              + "which keeps state by names: give --stateName instead.");
    }
  }

  private static void refuseWithoutStateDir(String name, boolean given) {
    if (given) {
      throw new InvalidOptionException(
          "--" + name + " says how to begin with --stateDir, and that is not given.");
    }
  }

  private static boolean keepsState(TidemarkOptions options) {
    String stateDir = options.getStateDir();
    return (stateDir != null && !stateDir.equals(TidemarkOptions.NO_STATE_DIR))
        || options.getStateName() != null;
  }

  /**
   * Takes note of what is known only when the pipeline is translated.
   *
   * @param options changed in place
   * @param bounded whether the pipeline ends by itself
   * @throws InvalidOptionException if an option is out of range
   */
  public static void complete(TidemarkOptions options, boolean bounded) {
    if (!bounded) {
      options.setStreaming(true);
    } else if (keepsState(options) && !options.isStreaming()) {
      // What a batch job has done it does at once: there would be nothing to go on from.
      options.setStreaming(true);
      LOG.info(
          "job {} keeps its state, so it runs as a streaming job: epoch by epoch",
          options.getJobName());
    }
    // Their defaults depend on whether the job streams, so nobody may have asked for them earlier.
    if (options.getDeadLetterFile() != null && !options.isStreaming()) {
      throw new InvalidOptionException(
          "--deadLetterFile is for streaming jobs, which can go on from their last commit: a batch "
              + "job would start over for each failure. Leave it out, or add --streaming.");
    }
    atLeast("maxBundleElements", 1, options.getMaxBundleElements());
    atLeast("maxBundleMillis", 1, options.getMaxBundleMillis());
  }

  private static void atLeast(String name, long least, long value) {
    if (value < least) {
      throw new InvalidOptionException(
          String.format("--%s=%d is too small: it must be at least %d.", name, value, least));
    }
  }

  /** Beam wraps the message that names the option in others that do not. */
  private static Throwable innermost(IOException failure) {
    Throwable naming = failure;
    for (Throwable at = failure; at != null; at = at.getCause()) {
      String message = at.getMessage();
      if (message != null && message.startsWith("Failed to serialize and deserialize property")) {
        naming = at;
      }
    }
    return naming;
  }
}
