package dev.tidemark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Names the runner that the tests use: system property {@code examples.runner}. */
final class Runner {
  static final String NAME = System.getProperty("examples.runner", "TestTidemarkRunner");

  private Runner() {}

  /** The argument a user would give. */
  static String argument() {
    return "--runner=" + NAME;
  }

  /** An empty pipeline for the runner. */
  static Pipeline pipeline(String... more) {
    String[] arguments = new String[more.length + 1];
    arguments[0] = argument();
    System.arraycopy(more, 0, arguments, 1, more.length);
    return Pipeline.create(PipelineOptionsFactory.fromArgs(arguments).create());
  }

  /** Runs to the end, which has to be a good one. */
  static void run(Pipeline pipeline) {
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
  }
}
