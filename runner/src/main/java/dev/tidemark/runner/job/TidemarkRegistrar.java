package dev.tidemark.runner.job;

import com.google.auto.service.AutoService;
import dev.tidemark.runner.job.remote.RemoteOptions;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
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

    /**
     * Those of other registrars come first, and the large ones last: Beam checks each interface
     * against all methods of those before it, and that is most of what a small job takes.
     */
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      Set<Class<? extends PipelineOptions>> registered = new LinkedHashSet<>(optionsOfOthers());
      registered.addAll(aliasesBesides(methodsOf(registered)));
      // Beam leaves this one to the runners that push metrics.
      registered.add(MetricsOptions.class);
      registered.add(RemoteOptions.class);
      registered.add(TidemarkOptions.class);
      if (hasTests()) {
        registered.add(TestTidemarkOptions.class);
      }
      return registered;
    }

    /** Whether anybody could ask for {@link TestTidemarkRunner}. */
    private static boolean hasTests() {
      return ReflectHelpers.findClassLoader().getResource("org/junit/rules/TestRule.class") != null;
    }

    /** The aliases that share no method name with {@code taken}; one interface if all do. */
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
      return registered.size() == ALIASES.size() ? List.of(FlinkOptionNames.All.class) : registered;
    }

    private static List<Class<? extends PipelineOptions>> optionsOfOthers() {
      List<Class<? extends PipelineOptions>> others = new ArrayList<>();
      for (PipelineOptionsRegistrar registrar :
          ReflectHelpers.loadServicesOrdered(
              PipelineOptionsRegistrar.class, ReflectHelpers.findClassLoader())) {
        if (!(registrar instanceof Options)) {
          registrar.getPipelineOptions().forEach(others::add);
        }
      }
      return others;
    }

    private static Set<String> methodsOf(Set<Class<? extends PipelineOptions>> options) {
      Set<String> names = new HashSet<>();
      for (Class<? extends PipelineOptions> each : options) {
        for (Method method : each.getMethods()) {
          names.add(method.getName());
        }
      }
      return names;
    }
  }
}
