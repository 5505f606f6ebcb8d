package dev.tidemark.portability.server;

import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.runner.job.TidemarkOptions;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.jobmanagement.v1.JobApi.PipelineOptionDescriptor;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** What clients are told of the options of this runner; others they would drop. */
final class RunnerOptions {
  private RunnerOptions() {}

  /** Our own options: those that every runner has, the clients know. */
  static List<PipelineOptionDescriptor> describe() {
    Set<String> own =
        Set.of(
            TidemarkOptions.class.getName(),
            ExecutionOptions.class.getName(),
            HarnessOptions.class.getName());
    return PipelineOptionsFactory.describe(Set.of(TidemarkOptions.class, HarnessOptions.class))
        .stream()
        .filter(option -> own.contains(option.getGroup()))
        .toList();
  }
}
