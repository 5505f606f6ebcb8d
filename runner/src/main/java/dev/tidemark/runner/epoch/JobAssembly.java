package dev.tidemark.runner.epoch;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.schedule.Clock;
import dev.tidemark.runner.schedule.LaneScheduler;
import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.schedule.PinnedLanes;
import dev.tidemark.runner.schedule.SeededLanes;
import dev.tidemark.runner.source.SourceContext;
import dev.tidemark.runner.source.SourceLane;
import dev.tidemark.runner.source.Sources;
import dev.tidemark.runner.source.TestStreamController;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.DeadLetters;
import dev.tidemark.runner.stage.StagePolicy;
import dev.tidemark.runner.stage.codec.KeyCoders;
import dev.tidemark.runner.stage.sideinput.SideInputTable;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * Puts a job together from its graph: stages with their lanes, edges, state and sources. Nothing is
 * opened and no thread started.
 *
 * <p>Immutable after construction.
 */
final class JobAssembly {
  private final JobContext job;
  private final ExecutionOptions options;
  private final Simulation simulation;
  private final @Nullable Adversary adversary;
  private final JobState state;
  private final List<StageExecution> stages = new ArrayList<>();
  private final EpochDriver.@Nullable Manual manual;

  JobAssembly(
      StageGraph graph,
      PipelineOptions given,
      ClassLoader classLoader,
      Simulation simulation,
      RunResources resources,
      DeadLetters deadLetters,
      @Nullable JobMetrics discarded) {
    this.options = given.as(ExecutionOptions.class);
    this.simulation = simulation;
    this.adversary =
        simulation.adversarial() && simulation.seed() != null
            ? new Adversary(simulation.seed())
            : null;
    boolean testStreams = graph.hasTestStream();
    ManualClock manualClock =
        simulation.clock() == null
            ? new ManualClock(TestStreamController.CLOCK_START)
            : simulation.clock();
    TestStreamController controller = new TestStreamController(manualClock);
    this.manual = testStreams ? new EpochDriver.Manual(controller, manualClock) : null;
    StagePolicy usual =
        new StagePolicy(
            options.isStreaming(),
            (int) Math.min(options.getMaxBundleElements(), Integer.MAX_VALUE),
            unlessSeeded(options.getMaxBundleMillis()),
            unlessSeeded(options.getTargetEpochMillis()),
            options.isCheckMutations(),
            testStreams || simulation.seed() != null,
            ProcessingTimeUse.in(graph));
    this.job =
        new JobContext(
            graph,
            given,
            policy(usual, resources.store() != null),
            new KeyGroups(options.getKeyGroups(), options.getLanes()),
            testStreams || simulation.clock() != null ? manualClock : Clock.SYSTEM,
            classLoader,
            sideInputTables(graph),
            JobSpill.create(options, simulation, resources.memory()),
            resources.harnesses(),
            deadLetters,
            discarded);
    this.state = state(graph, resources.store());
    job.metrics().restore(state.committedMetrics());
    checkKeyCoders(graph);
    assemble(new Sources(controller));
  }

  private StagePolicy policy(StagePolicy usual, boolean kept) {
    if (adversary != null) {
      return adversary.policy(usual);
    }
    return kept
        ? usual.withTimersPerRound(StateMemory.of(options).epochTimers(options.getLanes()))
        : usual;
  }

  private JobState state(StageGraph graph, @Nullable StateStore given) {
    if (given != null) {
      KeptJobs.check(graph, job.policy().streaming());
      return JobState.kept(
          job.keyGroups(),
          graph,
          given,
          simulation.durableState()
              ? 0
              : StateMemory.of(options).cacheBytes(graph, job.keyGroups().lanes()));
    }
    return simulation.durableState()
        ? JobState.evicted(job.keyGroups(), graph)
        : JobState.inMemory(job.keyGroups());
  }

  private static Map<NodeId, SideInputTable> sideInputTables(StageGraph graph) {
    Components components = new Components(graph);
    Map<NodeId, SideInputTable> tables = new HashMap<>();
    for (Stage stage : graph.stages()) {
      for (Node node : stage.nodes()) {
        if (node.operation() instanceof Operation.Materialize) {
          tables.put(node.id(), SideInputTable.of(node, components));
        }
      }
    }
    return tables;
  }

  /** Refuses keys that could not be grouped, before anything starts. */
  private static void checkKeyCoders(StageGraph graph) {
    Components components = new Components(graph);
    for (Stage stage : graph.stages()) {
      for (Edge edge : stage.incoming()) {
        if (edge.kind() == Edge.Kind.EXCHANGE_BY_KEY) {
          KeyCoders.check(components.coder(edge.collection()), consumer(stage, edge).fullName());
        }
      }
    }
  }

  private static Node consumer(Stage stage, Edge edge) {
    return stage.nodes().stream()
        .filter(node -> node.id().equals(edge.consumer()))
        .findFirst()
        .orElseThrow();
  }

  /**
   * What is on its way over edges does not outlive an epoch that is committed; and who runs a
   * TestStream wants to see what becomes of each event.
   */
  private boolean waitsForSideInputs() {
    return !job.policy().streaming() && !state.isKept() && manual == null;
  }

  private void assemble(Sources sources) {
    Map<Edge, InboundEdge> edges = new HashMap<>();
    for (Stage stage : job.graph().stages()) {
      for (Edge edge : stage.incoming()) {
        if (edge.kind() != Edge.Kind.BROADCAST) {
          edges.put(
              edge,
              new InboundEdge(
                  edge, consumer(stage, edge), job.lanes(), job.spill().exchanges(), adversary));
        }
      }
    }
    Map<NodeId, StageExecution> stageOfNode = new HashMap<>();
    for (Stage stage : job.graph().stages()) {
      List<InboundEdge> inbound = new ArrayList<>();
      for (Edge edge : stage.incoming()) {
        InboundEdge found = edges.get(edge);
        if (found != null) {
          inbound.add(found);
        }
      }
      List<InboundEdge> outgoing =
          edges.values().stream()
              .filter(
                  edge ->
                      stage.nodes().stream()
                          .anyMatch(node -> node.id().equals(edge.edge().producer())))
              .toList();
      StageExecution execution =
          new StageExecution(stage, job, stageOfNode, inbound, outgoing, waitsForSideInputs());
      stage.nodes().forEach(node -> stageOfNode.put(node.id(), execution));
      stages.add(execution);
    }
    for (int lane = 0; lane < job.lanes(); lane++) {
      for (StageExecution stage : stages) {
        stage.addLane(new LaneStage(stage, job, lane, state));
      }
    }
    stages.forEach(stage -> addSources(stage, sources));
  }

  private void addSources(StageExecution stage, Sources sources) {
    for (Node node : stage.stage().nodes()) {
      if (!node.isSource()) {
        continue;
      }
      SourceContext context =
          new SourceContext(
              node,
              () -> new Components(job.graph()),
              job.options(),
              job.keyGroups(),
              options.getUnboundedSplits(),
              job.policy().streaming(),
              state.isKept() ? lane -> stage.lane(lane).cells(node.id()) : null,
              job.clock(),
              job.metrics().container(0, node.fullName()),
              job.classLoader(),
              job::awaitedWatermark,
              job.wakeUp()::wake,
              job::fail);
      List<SourceLane> lanes = sources.create(context);
      for (int lane = 0; lane < lanes.size(); lane++) {
        stage
            .lane(lane)
            .sources()
            .add(node, job.metrics().container(lane, node.fullName()), lanes.get(lane));
      }
    }
  }

  /**
   * Opens all processors and sources; where there is something to go on from, they are as they were
   * when it was committed.
   */
  void open(LaneScheduler lanes) throws Exception {
    if (state.isResumed()) {
      lanes.runAll(lane -> stages.forEach(stage -> stage.lane(lane).resumeSources()));
    }
    if (state.wasDraining()) {
      job.requestDrain();
      job.beginDrain();
      stages.forEach(StageExecution::drainSources);
    }
    lanes.runAll(
        lane -> {
          for (StageExecution stage : stages) {
            stage.lane(lane).open();
          }
        });
    if (state.isResumed()) {
      stages.forEach(StageExecution::publish);
    }
  }

  JobContext job() {
    return job;
  }

  /** The stages in topological order. */
  List<StageExecution> stages() {
    return stages;
  }

  /** A run that is to be repeatable is cut by counts alone, however slow the machine is. */
  private long unlessSeeded(long millis) {
    return simulation.seed() == null ? millis : Integer.MAX_VALUE;
  }

  LaneScheduler scheduler(String jobName) {
    Long seed = simulation.seed();
    return seed == null
        ? new PinnedLanes(jobName, job.lanes(), job.classLoader())
        : new SeededLanes(job.lanes(), seed);
  }

  /** What commits the epochs of the driver; its thread is started. */
  Committer committer(String jobName) {
    return new Committer(jobName, job.classLoader(), job.clock(), state::commit, job::fail);
  }

  EpochDriver driver(LaneScheduler scheduler, Committer committer) {
    return new EpochDriver(
        job,
        stages,
        state,
        scheduler,
        committer,
        new EpochPacer(
            unlessSeeded(options.getTargetEpochMillis()),
            options.getMaxEpochMillis(),
            adversary == null ? simulation::maxEpochElements : adversary::take,
            job.spill()::exchangesFull,
            job.lanes(),
            StateMemory.of(options).epochBytes()),
        adversary,
        manual);
  }
}
