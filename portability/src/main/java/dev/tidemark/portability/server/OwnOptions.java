package dev.tidemark.portability.server;

import dev.tidemark.runner.job.TidemarkRegistrar;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.StreamingOptions;

/**
 * Has Beam know the options of this server's jobs only. As a rule it looks for all that are on the
 * class path, and checks each with all others: half of the time in which a server starts.
 */
final class OwnOptions {
  private OwnOptions() {}

  /** To be called before anything else that uses Beam's options, by a process that is a server. */
  static void register() {
    Thread thread = Thread.currentThread();
    ClassLoader loader = thread.getContextClassLoader();
    // Beam looks there when it is first used, and finds none.
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      PipelineOptionsFactory.resetCache();
    } finally {
      thread.setContextClassLoader(loader);
    }
    new TidemarkRegistrar.Options().getPipelineOptions().forEach(PipelineOptionsFactory::register);
    PipelineOptionsFactory.register(StreamingOptions.class);
    PipelineOptionsFactory.register(HarnessOptions.class);
  }
}
