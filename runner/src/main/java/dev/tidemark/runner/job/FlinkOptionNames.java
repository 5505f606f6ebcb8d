package dev.tidemark.runner.job;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * The Flink runner's names for options that {@link TidemarkOptions} has as well, so that command
 * lines written for it work here.
 *
 * <p>One interface a name: each is registered only where no other runner on the class path has an
 * option of that name ({@link TidemarkRegistrar.Options}), since Beam accepts no second one with
 * another type or default. {@link OptionAliases} folds the values in, whoever registered the name.
 * As with the Flink runner, -1 means unset.
 */
public interface FlinkOptionNames {

  /** The Flink runner's name for {@code --lanes}. */
  interface Parallelism extends PipelineOptions {
    @Description("The Flink runner's name for --lanes.")
    @Nullable Integer getParallelism();

    void setParallelism(@Nullable Integer value);
  }

  /** The Flink runner's name for {@code --keyGroups}. */
  interface MaxParallelism extends PipelineOptions {
    @Description("The Flink runner's name for --keyGroups.")
    @Nullable Integer getMaxParallelism();

    void setMaxParallelism(@Nullable Integer value);
  }

  /** The Flink runner's name for {@code --maxBundleElements}. */
  interface MaxBundleSize extends PipelineOptions {
    @Description("The Flink runner's name for --maxBundleElements.")
    @Nullable Long getMaxBundleSize();

    void setMaxBundleSize(@Nullable Long value);
  }

  /** The Flink runner's name for {@code --maxBundleMillis}. */
  interface MaxBundleTimeMills extends PipelineOptions {
    @Description("The Flink runner's name for --maxBundleMillis.")
    @Nullable Long getMaxBundleTimeMills();

    void setMaxBundleTimeMills(@Nullable Long value);
  }

  /** All of them: one interface is faster to register than four. */
  interface All extends Parallelism, MaxParallelism, MaxBundleSize, MaxBundleTimeMills {}
}
