package dev.tidemark.runner.stage;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.OpaqueWindows;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.StageGraph;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.construction.PCollectionViewTranslation;
import org.apache.beam.sdk.util.construction.RehydratedComponents;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Java objects for the coders, windowing strategies and views of a graph.
 *
 * <p>Each lane has its own, so that a user's coder is used by one thread. Owned by the lane.
 */
public final class Components {
  private final StageGraph graph;
  private final RehydratedComponents rehydrated;
  private final Mergers mergers;
  private @Nullable RehydratedComponents withCollections;

  /** Who merges the windows of strategies whose window function belongs to an SDK. */
  @FunctionalInterface
  public interface Mergers {

    /**
     * The merger of a strategy.
     *
     * @param windowingStrategyId the strategy of the SDK, in the graph's components
     * @param windowCoder of its windows, as the runner knows them
     */
    WindowMerger of(String windowingStrategyId, Coder<BoundedWindow> windowCoder);
  }

  /**
   * Deserializes components of {@code graph} as they are asked for. Where windows are merged by an
   * SDK, nobody can do so.
   */
  public Components(StageGraph graph) {
    this(
        graph,
        (strategy, windowCoder) -> {
          throw new IllegalStateException("nobody is to merge windows here: " + strategy);
        });
  }

  /**
   * Deserializes components of {@code graph} as they are asked for.
   *
   * @param mergers who merges windows where only an SDK can
   */
  public Components(StageGraph graph, Mergers mergers) {
    this.graph = graph;
    this.mergers = mergers;
    this.rehydrated = RehydratedComponents.forComponents(graph.components());
  }

  /** Collections need a pipeline to be in, which is dear to make and seldom asked for. */
  private RehydratedComponents withCollections() {
    if (withCollections == null) {
      withCollections = rehydrated.withPipeline(Pipeline.create());
    }
    return withCollections;
  }

  /** The graph. */
  public StageGraph graph() {
    return graph;
  }

  /** The element coder of a collection. */
  public Coder<Object> coder(CollectionId collection) {
    return coder(graph.collection(collection).coderId());
  }

  /** The coder with this id in the graph's components. */
  @SuppressWarnings("unchecked") // who asks knows the type from the graph
  public <T> Coder<T> coder(String coderId) {
    try {
      return (Coder<T>) rehydrated.getCoder(coderId);
    } catch (IOException e) {
      throw new UncheckedIOException("coder " + coderId, e);
    }
  }

  /** The windowing strategy of a collection. */
  public WindowingStrategy<?, ?> windowing(CollectionId collection) {
    String id = graph.collection(collection).windowingStrategyId();
    RunnerApi.WindowingStrategy proto = graph.components().getWindowingStrategiesOrThrow(id);
    boolean alreadyMerged = proto.getMergeStatus() == RunnerApi.MergeStatus.Enum.ALREADY_MERGED;
    try {
      // Beam's translation loses that a group has merged the windows already.
      return windowing(id, proto).withAlreadyMerged(alreadyMerged);
    } catch (IOException e) {
      throw new UncheckedIOException("windowing strategy of " + collection, e);
    }
  }

  private WindowingStrategy<?, ?> windowing(String id, RunnerApi.WindowingStrategy proto)
      throws IOException {
    if (!proto.getWindowFn().getUrn().equals(OpaqueWindows.URN)) {
      return rehydrated.getWindowingStrategy(id);
    }
    RunnerApi.WindowingStrategy known =
        proto.toBuilder()
            .setWindowFn(
                RunnerApi.FunctionSpec.newBuilder()
                    .setUrn(WindowingStrategyTranslation.GLOBAL_WINDOWS_URN))
            .build();
    return WindowingStrategyTranslation.fromProto(known, rehydrated)
        .withWindowFn(opaque(proto, windowCoder(proto)));
  }

  private WindowFn<Object, BoundedWindow> opaque(
      RunnerApi.WindowingStrategy proto, Coder<BoundedWindow> windowCoder) {
    String strategy = OpaqueWindows.strategyOf(proto.getWindowFn());
    if (proto.getMergeStatus() != RunnerApi.MergeStatus.Enum.NEEDS_MERGE) {
      return new OpaqueWindowFn(
          graph.components().getWindowingStrategiesOrThrow(strategy).getWindowFn(), windowCoder);
    }
    // Most who look at a strategy have nothing to merge.
    return new OpaqueMergingWindowFn(windowCoder, () -> mergers.of(strategy, windowCoder));
  }

  /** A function of an SDK may well make windows of Beam's own. */
  @SuppressWarnings("unchecked") // these are coders of windows
  private Coder<BoundedWindow> windowCoder(RunnerApi.WindowingStrategy proto) {
    return OpaqueWindows.isStandardCoder(
            graph.components().getCodersOrThrow(proto.getWindowCoderId()))
        ? coder(proto.getWindowCoderId())
        : (Coder<BoundedWindow>) (Coder<?>) new OpaqueWindow.Coder();
  }

  /**
   * The views of a node's side inputs, by tag. Those that a harness reads are {@code IterableView}s
   * and {@code MultimapView}s of elements as the runner decodes them.
   */
  public Map<String, PCollectionView<?>> views(Node node) {
    Map<String, PCollectionView<?>> views = new LinkedHashMap<>();
    if (node.operation() instanceof Operation.Harness) {
      WindowingStrategy<?, ?> main = windowing(node.inputs().get(0));
      for (SideInputSpec sideInput : node.sideInputs()) {
        CollectionId collection = sideInput.collection();
        views.put(
            sideInput.tag(),
            EncodedViews.of(sideInput, main, windowing(collection), coder(collection)));
      }
      return views;
    }
    for (SideInputSpec sideInput : node.sideInputs()) {
      try {
        views.put(
            sideInput.tag(),
            PCollectionViewTranslation.viewFromProto(
                sideInput.spec(),
                sideInput.tag(),
                withCollections().getPCollection(sideInput.collection().value()),
                node.transform(),
                withCollections()));
      } catch (IOException e) {
        throw new UncheckedIOException(
            "side input " + sideInput.tag() + " of " + node.fullName(), e);
      }
    }
    return views;
  }
}
