package dev.tidemark.runner.state.description;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.OpaqueWindows;
import dev.tidemark.translation.graph.StageGraph;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Windowing strategies by what the state of a window depends on. Not by the allowed lateness, which
 * says how long state is kept.
 *
 * @param graph the pipeline
 * @param own makes Java objects of window functions; null for a pipeline that others have sent
 */
record WindowingText(StageGraph graph, @Nullable Components own) {

  private static final Set<String> KNOWN =
      Set.of(
          WindowingStrategyTranslation.GLOBAL_WINDOWS_URN,
          WindowingStrategyTranslation.FIXED_WINDOWS_URN,
          WindowingStrategyTranslation.SLIDING_WINDOWS_URN,
          WindowingStrategyTranslation.SESSION_WINDOWS_URN);

  String of(CollectionId collection) {
    RunnerApi.WindowingStrategy strategy =
        graph
            .components()
            .getWindowingStrategiesOrThrow(graph.collection(collection).windowingStrategyId());
    return windowFn(strategy, collection)
        + ", "
        + TriggerTranslation.fromProto(strategy.getTrigger())
        + ", "
        + strategy.getAccumulationMode()
        + ", "
        + strategy.getOutputTime();
  }

  private String windowFn(RunnerApi.WindowingStrategy strategy, CollectionId collection) {
    String known = known(strategy.getWindowFn());
    if (known != null) {
      return known;
    }
    if (own != null) {
      WindowFn<?, ?> function = own.windowing(collection).getWindowFn();
      return CoderText.name(function.getClass().getName())
          + "("
          + CoderText.of(function.windowCoder())
          + ")";
    }
    if (strategy.getWindowFn().getUrn().equals(OpaqueWindows.URN)) {
      return graph
          .components()
          .getWindowingStrategiesOrThrow(OpaqueWindows.strategyOf(strategy.getWindowFn()))
          .getWindowFn()
          .getUrn();
    }
    return strategy.getWindowFn().getUrn();
  }

  /** Beam's own functions with their lengths; null for others. */
  private static @Nullable String known(RunnerApi.FunctionSpec function) {
    if (!KNOWN.contains(function.getUrn())) {
      return null;
    }
    WindowFn<?, ?> windowFn = WindowingStrategyTranslation.windowFnFromProto(function);
    String lengths =
        windowFn instanceof FixedWindows fixed
            ? millis(fixed.getSize(), fixed.getOffset())
            : windowFn instanceof SlidingWindows sliding
                ? millis(sliding.getSize(), sliding.getPeriod(), sliding.getOffset())
                : windowFn instanceof Sessions sessions ? millis(sessions.getGapDuration()) : "";
    return windowFn.getClass().getSimpleName() + lengths;
  }

  private static String millis(Duration... lengths) {
    return Stream.of(lengths)
        .map(length -> length.getMillis() + " ms")
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
