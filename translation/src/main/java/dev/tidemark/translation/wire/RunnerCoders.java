package dev.tidemark.translation.wire;

import static dev.tidemark.translation.wire.CoderForms.is;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.CollectionSpec;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.ModelCoders;

/**
 * Gives each collection that harnesses make or read the coder and the windowing strategy that the
 * runner uses for it. They give the same bytes as those of {@link WireCoders}.
 *
 * <p>Where only harnesses use the values, what the runner does not know, or need not look into, is
 * {@code beam:coder:bytes:v1}, which encodes like a length prefix. Where a Java function in this
 * JVM uses them too, its own coder stands behind the prefix. In all else coders stay as they are.
 *
 * <p>Owned by the translation.
 */
public final class RunnerCoders {
  private final StageGraph graph;
  private final boolean foreign;
  private final Users users;
  private final WireCoders wire;
  private final RunnerApi.Components.Builder components;
  private final Map<String, String> opaque = new HashMap<>();

  private RunnerCoders(StageGraph graph, boolean foreign) {
    this.graph = graph;
    this.foreign = foreign;
    this.users = new Users(graph);
    this.wire = new WireCoders(graph);
    this.components = graph.components().toBuilder();
  }

  /**
   * The graph with such coders and strategies in the specifications of its collections. The
   * PCollections in its components keep theirs.
   *
   * @param graph whose harness stages have one node each
   * @param foreign whether the pipeline came from elsewhere, so that the runner must know none of
   *     its own coders
   */
  public static StageGraph assign(StageGraph graph, boolean foreign) {
    RunnerCoders coders = new RunnerCoders(graph, foreign);
    Map<CollectionId, CollectionSpec> collections = new LinkedHashMap<>();
    graph.collections().forEach((id, spec) -> collections.put(id, coders.collection(spec)));
    List<Stage> stages =
        graph.stages().stream().map(stage -> coders.stage(stage, collections)).toList();
    return new StageGraph(stages, collections, coders.components.build());
  }

  private CollectionSpec collection(CollectionSpec spec) {
    return new CollectionSpec(
        spec.id(), spec.name(), coder(spec), windowing(spec.windowingStrategyId()), spec.bounded());
  }

  private String coder(CollectionSpec spec) {
    if (!users.isUsedByFunction(spec.id()) && (foreign || users.isUsedByHarness(spec.id()))) {
      return opaque(spec.coderId());
    }
    return users.isUsedByHarness(spec.id())
        ? wire.element(spec.coderId(), components)
        : spec.coderId();
  }

  private String opaque(String coderId) {
    String known = opaque.get(coderId);
    if (known == null) {
      known = makeOpaque(coderId);
      opaque.put(coderId, known);
    }
    return known;
  }

  private String makeOpaque(String coderId) {
    RunnerApi.Coder coder = graph.components().getCodersOrThrow(coderId);
    if (!CoderForms.isKnown(coder)
        || is(coder, ModelCoders.STRING_UTF8_CODER_URN)
        || is(coder, ModelCoders.LENGTH_PREFIX_CODER_URN)) {
      return put("opaque", CoderForms.of(ModelCoders.BYTES_CODER_URN));
    }
    List<String> parts = new ArrayList<>();
    coder.getComponentCoderIdsList().forEach(part -> parts.add(opaque(part)));
    return parts.equals(coder.getComponentCoderIdsList())
        ? coderId
        : put(
            coderId + "/opaque",
            coder.toBuilder().clearComponentCoderIds().addAllComponentCoderIds(parts).build());
  }

  private String put(String name, RunnerApi.Coder coder) {
    String id = name;
    while (!coder.equals(components.getCodersOrDefault(id, coder))) {
      id += "+";
    }
    components.putCoders(id, coder);
    return id;
  }

  private String windowing(String id) {
    RunnerApi.WindowingStrategy windowing = graph.components().getWindowingStrategiesOrThrow(id);
    if (!Windowings.isOpaque(windowing.getWindowFn(), foreign)) {
      return id;
    }
    RunnerApi.WindowingStrategy ours = Windowings.opaque(id, windowing);
    String ourId = id + "/opaque";
    while (!ours.equals(components.getWindowingStrategiesOrDefault(ourId, ours))) {
      ourId += "+";
    }
    components.putWindowingStrategies(ourId, ours);
    return ourId;
  }

  private Stage stage(Stage stage, Map<CollectionId, CollectionSpec> collections) {
    return new Stage(
        stage.id(),
        stage.kind(),
        stage.nodes().stream().map(node -> node(node, collections)).toList(),
        stage.innerEdges(),
        stage.incoming(),
        stage.facts());
  }

  /** The events of a TestStream are decoded by the runner. */
  private Node node(Node node, Map<CollectionId, CollectionSpec> collections) {
    if (!(node.operation() instanceof Operation.TestStream stream)) {
      return node;
    }
    CollectionSpec output =
        Objects.requireNonNull(collections.get(node.outputs().values().iterator().next()));
    if (users.isUsedByFunction(output.id())
        || output.coderId().equals(graph.collection(output.id()).coderId())) {
      return node;
    }
    String coderId = ofEvents(stream.payload().getCoderId(), output.coderId());
    return new Node(
        node.id(),
        new Operation.TestStream(stream.payload().toBuilder().setCoderId(coderId).build()),
        node.inputs(),
        node.outputs(),
        node.sideInputs(),
        node.transform(),
        node.environmentId());
  }

  /**
   * The runner's coder, but that it takes off a length that an event has in front of its last part:
   * a blob needs none there, as it goes to the end.
   */
  private String ofEvents(String coderId, String runnersId) {
    RunnerApi.Coder coder = graph.components().getCodersOrThrow(coderId);
    RunnerApi.Coder runners = components.getCodersOrThrow(runnersId);
    if (is(coder, ModelCoders.LENGTH_PREFIX_CODER_URN)) {
      return put(
          runnersId + "/prefixed", CoderForms.of(ModelCoders.LENGTH_PREFIX_CODER_URN, runnersId));
    }
    if (is(coder, ModelCoders.KV_CODER_URN) && is(runners, ModelCoders.KV_CODER_URN)) {
      String key = runners.getComponentCoderIds(0);
      String value = ofEvents(coder.getComponentCoderIds(1), runners.getComponentCoderIds(1));
      return value.equals(runners.getComponentCoderIds(1))
          ? runnersId
          : put(runnersId + "/prefixed", CoderForms.of(ModelCoders.KV_CODER_URN, key, value));
    }
    return runnersId;
  }
}
