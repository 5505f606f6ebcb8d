package dev.tidemark.runner.source;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.schedule.Clock;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.translation.graph.Node;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * What the sources of one node may use.
 *
 * <p>Immutable; what it holds is thread-safe unless said otherwise.
 *
 * @param node the source node
 * @param components makes Java objects of the graph's components; each call gives the caller its
 *     own
 * @param options the job's options
 * @param keyGroups how many lanes there are, and which of them owns which keys
 * @param unboundedSplits how many splits to ask an unbounded source for
 * @param streaming whether the job runs under the streaming policy
 * @param storedCells the node's cells of a lane, for use on the lane's thread; null if nothing
 *     outlives the run
 * @param clock processing time
 * @param metrics where metrics of the source go; any lane or reader thread may make it current
 * @param classLoader the loader of the user's classes, to set on own threads
 * @param awaitedWatermark the lowest watermark, in milliseconds, that anything in the job waits
 *     for; one below that need not be told at once
 * @param wakeUp to be called, from any thread, when a source becomes ready
 * @param fail to be called, from any thread, with a failure that must end the job
 */
public record SourceContext(
    Node node,
    Supplier<Components> components,
    PipelineOptions options,
    KeyGroups keyGroups,
    int unboundedSplits,
    boolean streaming,
    @Nullable IntFunction<KeyedCells> storedCells,
    Clock clock,
    MetricsContainer metrics,
    ClassLoader classLoader,
    LongSupplier awaitedWatermark,
    Runnable wakeUp,
    Consumer<Throwable> fail) {

  /** How many lanes there are. */
  int lanes() {
    return keyGroups.lanes();
  }
}
