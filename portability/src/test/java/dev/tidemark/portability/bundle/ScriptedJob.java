package dev.tidemark.portability.bundle;

import static java.util.Objects.requireNonNull;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.resourcehints.ResourceHints;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * A Java pipeline of which the transforms that ask for memory run in scripted harnesses; the rest
 * runs in this JVM.
 *
 * <p>Owned by the test; what scripts call is thread-safe.
 */
final class ScriptedJob {
  private static final String SDK_BASE = "beam:version:sdk_base:";

  /** Transforms with these hints run in harnesses. */
  static final ResourceHints IN_HARNESS = ResourceHints.create().withMinRam(1);

  private static final Map<String, Queue<Object>> COLLECTED = new ConcurrentHashMap<>();
  private static final long PATIENCE_SECONDS = 120;

  private final String id = UUID.randomUUID().toString();
  private final StageGraph graph;
  private final ExecutionOptions options;
  private final HarnessPlans shared;
  private Simulation simulation = Simulation.NONE;
  private final MetricsInHand metrics = new MetricsInHand();
  private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
  private final Map<String, HarnessPlan> plans = new HashMap<>();
  private final Map<String, Node> nodes = new HashMap<>();

  ScriptedJob(Pipeline pipeline, List<PCollection<?>> collected, String... arguments) {
    this(pipeline, collected, proto -> proto, arguments);
  }

  /** A job of which something is not as Java's SDK says it. */
  ScriptedJob(
      Pipeline pipeline,
      List<PCollection<?>> collected,
      UnaryOperator<RunnerApi.Pipeline> edit,
      String... arguments) {
    options = PipelineOptionsFactory.fromArgs(arguments).as(ExecutionOptions.class);
    COLLECTED.put(id, new ConcurrentLinkedQueue<>());
    collected.forEach(collection -> collection.apply("Collect", ParDo.of(new Collect<>(id))));
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    graph =
        PipelineTranslator.translate(
            edit.apply(PipelineTranslation.toProto(pipeline, SdkComponents.create(options), false)),
            new TranslationOptions(
                (environmentId, environment) ->
                    environment.getResourceHintsCount() > 0
                        ? new Stage.Kind.Harness(environmentId)
                        : new Stage.Kind.Embedded(),
                false,
                false));
    shared = new HarnessPlans(graph);
    for (Stage stage : graph.stages()) {
      for (Node node : stage.nodes()) {
        if (node.operation() instanceof Operation.Harness) {
          HarnessPlan plan = shared.of(node, false);
          plans.put(plan.descriptor().getId(), plan);
          nodes.put(plan.descriptor().getId(), node);
        }
      }
    }
  }

  /** Has the SDK of all environments be another, or of another version, for the constructor. */
  static RunnerApi.Pipeline ofSdk(String sdk, RunnerApi.Pipeline proto) {
    RunnerApi.Pipeline.Builder edited = proto.toBuilder();
    proto
        .getComponents()
        .getEnvironmentsMap()
        .forEach(
            (id, environment) -> {
              RunnerApi.Environment.Builder other = environment.toBuilder().clearCapabilities();
              environment.getCapabilitiesList().stream()
                  .filter(urn -> !urn.startsWith(SDK_BASE))
                  .forEach(other::addCapabilities);
              other.addCapabilities(SDK_BASE + sdk);
              edited.getComponentsBuilder().putEnvironments(id, other.build());
            });
    return edited.build();
  }

  /** How much memory pages, side inputs and bundles may take, each. */
  void memory(long bytes) {
    simulation = new Simulation(null, Long.MAX_VALUE, false, bytes, null);
  }

  /** Runs it to its end. */
  Execution.End run(ScriptedWorkers workers, HarnessSettings settings) throws Exception {
    Execution execution =
        EmbeddedExecution.create(
            graph,
            options,
            ScriptedJob.class.getClassLoader(),
            simulation,
            RunResources.of(new HarnessProcessors(shared, workers, harnesses(settings))));
    execution.start();
    try {
      return execution.ended().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } finally {
      execution.cancel();
    }
  }

  private HarnessJob harnesses(HarnessSettings settings) {
    return new HarnessJob(settings, metrics, warnings::add, false);
  }

  /** What the bundles under way have counted. */
  MetricsInHand metricsInHand() {
    return metrics;
  }

  /** What the job's author was warned of. */
  Queue<String> warnings() {
    return warnings;
  }

  /** What has come out. */
  <T> List<T> collected(Class<T> type) {
    return into(id).stream().map(type::cast).toList();
  }

  private static Queue<Object> into(String job) {
    return requireNonNull(COLLECTED.get(job));
  }

  /** Whether a bundle runs a node, rather than merge windows. */
  boolean isOfNode(ScriptedBundle bundle) {
    return plans.containsKey(bundle.request().getProcessBundleDescriptorId());
  }

  HarnessPlan plan(ScriptedBundle bundle) {
    return requireNonNull(plans.get(bundle.request().getProcessBundleDescriptorId()));
  }

  Node node(ScriptedBundle bundle) {
    return requireNonNull(nodes.get(bundle.request().getProcessBundleDescriptorId()));
  }

  /** How things travel; a new one each time, as coders are for one thread. */
  WireCoding coding(ScriptedBundle bundle) {
    return WireCoding.of(new Components(graph), node(bundle));
  }

  /** All elements that a bundle is given; no timers come in between. */
  List<WindowedValue<Object>> elements(ScriptedBundle bundle) throws Exception {
    List<WindowedValue<Object>> elements = new ArrayList<>();
    ScriptedBundle.Input input;
    while ((input = bundle.next()) != null) {
      elements.addAll(decode(bundle, ((ScriptedBundle.Input.Elements) input).bytes()));
    }
    return elements;
  }

  /** Sets a timer, or clears it. */
  void timer(ScriptedBundle bundle, String family, WireTimer timer) throws IOException {
    ByteString.Output out = ByteString.newOutput();
    coding(bundle).timers().encode(timer, out);
    bundle.timer(plan(bundle).process(), family, out.toByteString());
  }

  List<WindowedValue<Object>> decode(ScriptedBundle bundle, ByteString bytes) throws IOException {
    Coder<WindowedValue<Object>> coder = coding(bundle).input();
    List<WindowedValue<Object>> elements = new ArrayList<>();
    InputStream in = bytes.newInput();
    while (in.available() > 0) {
      elements.add(coder.decode(in));
    }
    return elements;
  }

  /** Sends an element to the bundle's only output. */
  void emit(ScriptedBundle bundle, WindowedValue<?> element) throws IOException {
    Map.Entry<String, CollectionId> sink = plan(bundle).sinks().entrySet().iterator().next();
    bundle.output(
        sink.getKey(),
        encode(requireNonNull(coding(bundle).outputs().get(sink.getValue())), element));
  }

  /** Sends elements to the bundle's only output, at once. */
  void emit(ScriptedBundle bundle, List<WindowedValue<Object>> elements) throws IOException {
    Map.Entry<String, CollectionId> sink = plan(bundle).sinks().entrySet().iterator().next();
    Coder<WindowedValue<Object>> coder =
        requireNonNull(coding(bundle).outputs().get(sink.getValue()));
    ByteString.Output out = ByteString.newOutput();
    for (WindowedValue<Object> element : elements) {
      coder.encode(element, out);
    }
    bundle.output(sink.getKey(), out.toByteString());
  }

  @SuppressWarnings("unchecked") // the script emits what the output is made of
  static ByteString encode(Coder<WindowedValue<Object>> coder, WindowedValue<?> element)
      throws IOException {
    ByteString.Output out = ByteString.newOutput();
    coder.encode((WindowedValue<Object>) element, out);
    return out.toByteString();
  }

  /** Ends a bundle that set no timers. */
  void done(ScriptedBundle bundle, BeamFnApi.ProcessBundleResponse response) {
    done(bundle, response, Set.of());
  }

  /** Ends all outputs; the response is still to come. */
  void endOutputs(ScriptedBundle bundle) {
    bundle.end(plan(bundle).sinks().keySet());
  }

  void done(ScriptedBundle bundle, BeamFnApi.ProcessBundleResponse response, Set<String> families) {
    bundle.done(response, plan(bundle).sinks().keySet(), families);
  }

  /** Puts elements where the test finds them. */
  private static final class Collect<T> extends DoFn<T, Void> {
    private final String job;

    Collect(String job) {
      this.job = job;
    }

    @ProcessElement
    public void process(@Element T element) {
      into(job).add(element);
    }
  }
}
