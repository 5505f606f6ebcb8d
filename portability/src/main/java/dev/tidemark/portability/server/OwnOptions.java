package dev.tidemark.portability.server;

import dev.tidemark.runner.job.TidemarkRegistrar;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.StreamingOptions;

/**
 * Has Beam know the options of this server's jobs only. As a rule it looks for all that are on the
 * class path, and checks each with all others: two thirds of the time in which a server starts.
 */
final class OwnOptions {
  private OwnOptions() {}

  /** To be called before anything else that uses Beam's options, by a process that is a server. */
  static void register() {
    Thread thread = Thread.currentThread();
    ClassLoader loader = thread.getContextClassLoader();
    thread.setContextClassLoader(new WithoutRegistrars(loader));
    try {
      new TidemarkRegistrar.Options()
          .getPipelineOptions()
          .forEach(PipelineOptionsFactory::register);
      PipelineOptionsFactory.register(StreamingOptions.class);
      PipelineOptionsFactory.register(HarnessOptions.class);
    } finally {
      thread.setContextClassLoader(loader);
    }
  }

  /** Finds nothing that registers options. */
  private static final class WithoutRegistrars extends ClassLoader {
    private static final String REGISTRARS =
        "META-INF/services/org.apache.beam.sdk.options.PipelineOptionsRegistrar";

    WithoutRegistrars(ClassLoader parent) {
      super(parent);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return name.equals(REGISTRARS) ? Collections.emptyEnumeration() : super.getResources(name);
    }
  }
}
