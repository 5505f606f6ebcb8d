package dev.tidemark.runner.job;

import com.google.auto.service.AutoService;
import dev.tidemark.runner.job.remote.RemoteOptions;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;
import org.apache.beam.sdk.runners.PipelineRunnerRegistrar;
import org.apache.beam.sdk.util.common.ReflectHelpers;

/** Makes Beam know the runners and options of this project by name. */
public final class TidemarkRegistrar {
  private TidemarkRegistrar() {}

  /** Makes {@code --runner=TidemarkRunner} and {@code --runner=TestTidemarkRunner} work. */
  @AutoService(PipelineRunnerRegistrar.class)
  public static final class Runner implements PipelineRunnerRegistrar {
    @Override
    public Iterable<Class<? extends PipelineRunner<?>>> getPipelineRunners() {
      return List.of(TidemarkRunner.class, TestTidemarkRunner.class);
    }
  }

  /**
   * Makes {@link TidemarkOptions} work on a command line, and the Flink runner's names for them.
   */
  @AutoService(PipelineOptionsRegistrar.class)
  public static final class Options implements PipelineOptionsRegistrar {
    private static final List<Class<? extends PipelineOptions>> ALIASES =
        List.of(
            FlinkOptionNames.Parallelism.class,
            FlinkOptionNames.MaxParallelism.class,
            FlinkOptionNames.MaxBundleSize.class,
            FlinkOptionNames.MaxBundleTimeMills.class);

    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      List<Class<? extends PipelineOptions>> registered = new ArrayList<>();
      registered.add(TidemarkOptions.class);
      registered.add(TestTidemarkOptions.class);
      registered.add(RemoteOptions.class);
      // Beam leaves this one to the runners that push metrics.
      registered.add(MetricsOptions.class);
      registered.addAll(aliasesBesides(methodsOfOthers()));
      return registered;
    }

    /** The aliases that share no method name with {@code taken}. */
    static List<Class<? extends PipelineOptions>> aliasesBesides(Set<String> taken) {
      List<Class<? extends PipelineOptions>> registered = new ArrayList<>();
      for (Class<? extends PipelineOptions> alias : ALIASES) {
        boolean free = true;
        for (Method method : alias.getDeclaredMethods()) {
          free &= !taken.contains(method.getName());
        }
        if (free) {
          registered.add(alias);
        }
      }
      return registered;
    }

    private static Set<String> methodsOfOthers() {
      Set<String> names = new HashSet<>();
      for (PipelineOptionsRegistrar registrar :
          ReflectHelpers.loadServicesOrdered(
              PipelineOptionsRegistrar.class, ReflectHelpers.findClassLoader())) {
        if (registrar instanceof Options) {
          continue;
        }
        for (Class<? extends PipelineOptions> options : registrar.getPipelineOptions()) {
          for (Method method : options.getMethods()) {
            names.add(method.getName());
          }
        }
      }
      return names;
    }
  }
}
