package dev.tidemark.translation.fuse;

import dev.tidemark.translation.environment.EnvironmentPolicy;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.CollectionSpec;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeGraph;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.TimerFamilySpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/** Makes random acyclic graphs of nodes of all sorts, in this JVM and in two harnesses. */
final class RandomGraphs {
  static final EnvironmentPolicy ENVIRONMENTS =
      (id, environment) ->
          id.equals("java") ? new Stage.Kind.Embedded() : new Stage.Kind.Harness(id);

  private final Random random;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Edge> edges = new ArrayList<>();
  private final Map<NodeId, NodeId> keyings = new LinkedHashMap<>();
  private final Map<CollectionId, CollectionSpec> collections = new LinkedHashMap<>();
  private final List<Made> made = new ArrayList<>();

  /** A collection, its maker, and what stands for its keying if it has one. */
  private record Made(CollectionId id, NodeId producer, @Nullable NodeId keying) {}

  private RandomGraphs(long seed) {
    this.random = new Random(seed);
  }

  /** A graph of about {@code size} nodes. */
  static NodeGraph of(long seed, int size) {
    RandomGraphs graphs = new RandomGraphs(seed);
    graphs.addNode();
    while (graphs.nodes.size() < size) {
      graphs.addNode();
    }
    RunnerApi.Components.Builder components = RunnerApi.Components.newBuilder();
    for (String environment : List.of("java", "python", "go")) {
      components.putEnvironments(environment, RunnerApi.Environment.getDefaultInstance());
    }
    return new NodeGraph(
        graphs.nodes, graphs.edges, graphs.keyings, graphs.collections, components.build());
  }

  private void addNode() {
    NodeId id = new NodeId("n" + nodes.size());
    if (made.isEmpty() || random.nextInt(8) == 0) {
      add(id, new Operation.Impulse(), List.of(), null, null, List.of());
      return;
    }
    switch (random.nextInt(6)) {
      case 0 -> {
        keyings.put(id, id);
        add(
            id,
            new Operation.GroupByKey(),
            List.of(any()),
            Edge.Kind.EXCHANGE_BY_KEY,
            id,
            List.of());
      }
      case 1 -> {
        List<Made> inputs = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          inputs.add(any());
        }
        add(id, new Operation.Flatten(), inputs, Edge.Kind.FORWARD, null, List.of());
      }
      case 2 -> stateful(id);
      default -> function(id);
    }
  }

  private void stateful(NodeId id) {
    Made input = any();
    NodeId keying = input.keying();
    keyings.put(id, keying == null ? id : keying);
    TimerFamilySpec timer =
        new TimerFamilySpec("timer", RunnerApi.TimerFamilySpec.getDefaultInstance());
    add(
        id,
        new Operation.ParDo(RunnerApi.ParDoPayload.getDefaultInstance(), List.of(), List.of(timer)),
        List.of(input),
        keying == null ? Edge.Kind.EXCHANGE_BY_KEY : Edge.Kind.FORWARD,
        null,
        List.of());
  }

  private void function(NodeId id) {
    List<SideInputSpec> sideInputs = new ArrayList<>();
    for (int i = Math.max(0, random.nextInt(5) - 2); i > 0; i--) {
      Made shown = any();
      sideInputs.add(
          new SideInputSpec(
              "side" + i, shown.id(), view(shown), RunnerApi.SideInput.getDefaultInstance()));
    }
    add(
        id,
        new Operation.ParDo(RunnerApi.ParDoPayload.getDefaultInstance(), List.of(), List.of()),
        List.of(any()),
        Edge.Kind.FORWARD,
        null,
        sideInputs);
  }

  private NodeId view(Made shown) {
    NodeId id = new NodeId(shown.id() + "/Materialize");
    if (nodes.stream().noneMatch(node -> node.id().equals(id))) {
      NodeId keyed = new NodeId(id + "/WithEmptyKey");
      NodeId grouped = new NodeId(id + "/GroupByKey");
      keyings.put(grouped, grouped);
      CollectionId pairs = inner(keyed, new Operation.WithEmptyKey(), shown.id());
      CollectionId groups = inner(grouped, new Operation.GroupByKey(), pairs);
      nodes.add(node(id, new Operation.Materialize(), List.of(groups), Map.of(), List.of()));
      edges.add(new Edge(shown.id(), shown.producer(), keyed, 0, Edge.Kind.FORWARD, false));
      edges.add(new Edge(pairs, keyed, grouped, 0, Edge.Kind.EXCHANGE_BY_KEY, false));
      edges.add(new Edge(groups, grouped, id, 0, Edge.Kind.FORWARD, false));
    }
    return id;
  }

  private CollectionId inner(NodeId id, Operation operation, CollectionId input) {
    CollectionId output = new CollectionId(id + ".out");
    collections.put(output, new CollectionSpec(output, output.value(), "coder", "windows", true));
    nodes.add(node(id, operation, List.of(input), Map.of("out", output), List.of()));
    return output;
  }

  private Node node(
      NodeId id,
      Operation operation,
      List<CollectionId> inputs,
      Map<String, CollectionId> outputs,
      List<SideInputSpec> sideInputs) {
    return new Node(
        id,
        operation,
        inputs,
        outputs,
        sideInputs,
        RunnerApi.PTransform.getDefaultInstance(),
        operation instanceof Operation.ParDo ? environment() : null);
  }

  private void add(
      NodeId id,
      Operation operation,
      List<Made> inputs,
      Edge.@Nullable Kind kind,
      @Nullable NodeId keying,
      List<SideInputSpec> sideInputs) {
    Map<String, CollectionId> outputs = new LinkedHashMap<>();
    for (int i = random.nextInt(2); i >= 0; i--) {
      CollectionId output = new CollectionId(id + ".out" + i);
      outputs.put("out" + i, output);
      collections.put(output, new CollectionSpec(output, output.value(), "coder", "windows", true));
    }
    nodes.add(node(id, operation, inputs.stream().map(Made::id).toList(), outputs, sideInputs));
    for (int i = 0; kind != null && i < inputs.size(); i++) {
      edges.add(
          new Edge(
              inputs.get(i).id(), inputs.get(i).producer(), id, i, kind, random.nextInt(10) == 0));
    }
    for (int i = 0; i < sideInputs.size(); i++) {
      SideInputSpec side = sideInputs.get(i);
      edges.add(new Edge(side.collection(), side.view(), id, i, Edge.Kind.BROADCAST, false));
    }
    outputs.values().forEach(output -> made.add(new Made(output, id, keying)));
  }

  private Made any() {
    // Rather a late one, for long chains beside wide ones.
    int back =
        random.nextBoolean()
            ? random.nextInt(Math.min(3, made.size()))
            : random.nextInt(made.size());
    return made.get(made.size() - 1 - back);
  }

  private String environment() {
    return switch (random.nextInt(5)) {
      case 0 -> "python";
      case 1 -> "go";
      default -> "java";
    };
  }
}
