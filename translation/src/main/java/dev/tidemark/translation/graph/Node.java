package dev.tidemark.translation.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the pipeline, the unit that has a watermark, holds, timers and state of its own.
 *
 * <p>Immutable.
 *
 * @param id its name
 * @param operation what it does
 * @param inputs its main inputs, in a stable order; several only for {@link Operation.Flatten}, and
 *     there one collection may stand twice
 * @param outputs its outputs by local tag, in a stable order
 * @param sideInputs its side inputs, sorted by tag
 * @param transform the transform that it came from: the user's for a node of a user's function,
 *     with the specification before any rewrite
 * @param environmentId the SDK environment that runs it, or null where the runner itself does
 */
public record Node(
    NodeId id,
    Operation operation,
    List<CollectionId> inputs,
    Map<String, CollectionId> outputs,
    List<SideInputSpec> sideInputs,
    RunnerApi.PTransform transform,
    @Nullable String environmentId) {
  public Node {
    inputs = List.copyOf(inputs);
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    sideInputs = List.copyOf(sideInputs);
  }

  /** The full name of the user's transform, for messages and metrics. */
  public String fullName() {
    return transform.getUniqueName();
  }

  /** Whether this node has no input: it is fed by a source. */
  public boolean isSource() {
    return operation instanceof Operation.Impulse
        || operation instanceof Operation.BoundedRead
        || operation instanceof Operation.UnboundedRead
        || operation instanceof Operation.TestStream;
  }
}
