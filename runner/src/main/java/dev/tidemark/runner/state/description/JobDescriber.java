package dev.tidemark.runner.state.description;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.translation.graph.CellSpec;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import dev.tidemark.translation.graph.TimerFamilySpec;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.util.ReleaseInfo;
import org.apache.beam.sdk.util.construction.ReadTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * Describes jobs.
 *
 * <p>Owned by one thread.
 */
public final class JobDescriber {
  private final StageGraph graph;
  private final boolean own;
  private final CoderText coders;
  private final WindowingText windowing;

  private JobDescriber(StageGraph graph, @Nullable Components components) {
    this.graph = graph;
    this.own = components != null;
    this.coders = new CoderText(graph.components(), components);
    this.windowing = new WindowingText(graph, components);
  }

  /**
   * Describes a Java pipeline whose functions run in this JVM.
   *
   * @param components makes its coders
   */
  public static JobDescription describe(Components components, String jobName, int keyGroups) {
    return new JobDescriber(components.graph(), components).job(jobName, keyGroups);
  }

  /** Describes a pipeline that others have sent, of which nothing is deserialized. */
  public static JobDescription describeForeign(StageGraph graph, String jobName, int keyGroups) {
    return new JobDescriber(graph, null).job(jobName, keyGroups);
  }

  private JobDescription job(String jobName, int keyGroups) {
    SortedMap<String, SortedMap<String, String>> transforms = new TreeMap<>();
    graph
        .nodes()
        .forEach(
            node -> {
              SortedMap<String, String> parts = new TreeMap<>();
              describe(node, parts);
              if (!parts.isEmpty()) {
                transforms.put(node.id().value(), parts);
              }
            });
    return new JobDescription(
        ReleaseInfo.getReleaseInfo().getVersion(), jobName, keyGroups, transforms);
  }

  private void describe(Node node, SortedMap<String, String> parts) {
    Operation operation = node.operation();
    if (operation instanceof Operation.Harness harness) {
      describe(harness.root(), parts);
    } else if (operation instanceof Operation.ParDo parDo && parDo.stateful()) {
      keyed(node, parts);
      parts.put("elements", coders.ofKeyOrValue(inputCoder(node), false));
      parDo.cells().forEach(cell -> parts.put("state " + cell.id(), cell(cell)));
      parDo.timerFamilies().forEach(timers -> parts.put("timer " + timers.id(), domain(timers)));
    } else if (operation instanceof Operation.GroupByKey) {
      keyed(node, parts);
      parts.put("elements", coders.ofKeyOrValue(inputCoder(node), false));
    } else if (operation instanceof Operation.CombinePerKey combine) {
      keyed(node, parts);
      parts.put("accumulators", coders.of(combine.payload().getAccumulatorCoderId()));
    } else if (operation instanceof Operation.UnboundedRead read) {
      parts.put("elements", outputCoder(node));
      unboundedSource(read.payload(), parts);
    } else if (operation instanceof Operation.BoundedRead read) {
      parts.put("elements", outputCoder(node));
      parts.put("source", boundedSource(read.payload()));
    } else if (operation instanceof Operation.Impulse) {
      parts.put("elements", outputCoder(node));
    } else if (operation instanceof Operation.ProcessSizedElements
        || operation instanceof Operation.Redistribute
        || operation instanceof Operation.Materialize) {
      parts.put("elements", coders.of(inputCoder(node)));
      parts.put("windowing", windowing.of(node.inputs().get(0)));
    }
    if (!node.sideInputs().isEmpty() || wantsStableInput(operation)) {
      // They may wait for the side input, or for the commit.
      parts.putIfAbsent("elements", coders.of(inputCoder(node)));
    }
  }

  private static boolean wantsStableInput(Operation operation) {
    return operation instanceof Operation.ParDo parDo && parDo.payload().getRequiresStableInput();
  }

  private void keyed(Node node, SortedMap<String, String> parts) {
    parts.put("keys", coders.ofKeyOrValue(inputCoder(node), true));
    parts.put("windowing", windowing.of(node.inputs().get(0)));
  }

  private String cell(CellSpec cell) {
    RunnerApi.StateSpec spec = cell.spec();
    return switch (spec.getSpecCase()) {
      case READ_MODIFY_WRITE_SPEC ->
          "value of " + coders.of(spec.getReadModifyWriteSpec().getCoderId());
      case BAG_SPEC -> "bag of " + coders.of(spec.getBagSpec().getElementCoderId());
      case COMBINING_SPEC ->
          "combining of " + coders.of(spec.getCombiningSpec().getAccumulatorCoderId());
      case MAP_SPEC ->
          "map of "
              + coders.of(spec.getMapSpec().getKeyCoderId())
              + " to "
              + coders.of(spec.getMapSpec().getValueCoderId());
      case SET_SPEC -> "set of " + coders.of(spec.getSetSpec().getElementCoderId());
      case ORDERED_LIST_SPEC ->
          "ordered list of " + coders.of(spec.getOrderedListSpec().getElementCoderId());
      case MULTIMAP_SPEC ->
          "multimap of "
              + coders.of(spec.getMultimapSpec().getKeyCoderId())
              + " to "
              + coders.of(spec.getMultimapSpec().getValueCoderId());
      case SPEC_NOT_SET -> "unknown";
    };
  }

  private static String domain(TimerFamilySpec timers) {
    return timers.spec().getTimeDomain().name();
  }

  private void unboundedSource(RunnerApi.ReadPayload payload, SortedMap<String, String> parts) {
    if (own) {
      UnboundedSource<?, ?> source = ReadTranslation.unboundedSourceFromProto(payload);
      parts.put("source", CoderText.name(source.getClass().getName()));
      parts.put("checkpoint marks", CoderText.of(source.getCheckpointMarkCoder()));
    }
  }

  private String boundedSource(RunnerApi.ReadPayload payload) {
    if (!own) {
      return payload.getSource().getUrn();
    }
    try {
      BoundedSource<?> source = ReadTranslation.boundedSourceFromProto(payload);
      return CoderText.name(source.getClass().getName());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a source cannot be read: " + e.getMessage(), e);
    }
  }

  private String inputCoder(Node node) {
    return coderId(node.inputs().get(0));
  }

  /** For a collection of another SDK its own coder, of which the runner may know the bytes only. */
  private String coderId(CollectionId collection) {
    return own
        ? graph.collection(collection).coderId()
        : graph.components().getPcollectionsOrThrow(collection.value()).getCoderId();
  }

  private String outputCoder(Node node) {
    return coders.of(coderId(node.outputs().values().iterator().next()));
  }
}
