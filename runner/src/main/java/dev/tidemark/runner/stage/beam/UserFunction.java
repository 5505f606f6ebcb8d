package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.util.DoFnWithExecutionInformation;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * A user's function and what is needed to call it, as Java objects of one lane.
 *
 * <p>Owned by the lane.
 *
 * @param fullName the full name of the transform
 * @param fn the function, an instance of this lane's own
 * @param mainOutput the tag of the main output
 * @param additionalOutputs the tags of the other outputs
 * @param outputCoders the coder of each output
 * @param inputCoder the coder of the main input
 * @param windowing the windowing strategy of the main input
 * @param schema how to convert elements for schema parameters
 * @param sideInputMapping the side inputs that are parameters, by the name in the annotation
 * @param views the graph's views of all side inputs, by tag
 */
public record UserFunction(
    String fullName,
    DoFn<Object, Object> fn,
    TupleTag<Object> mainOutput,
    List<TupleTag<?>> additionalOutputs,
    Map<TupleTag<?>, Coder<?>> outputCoders,
    Coder<Object> inputCoder,
    WindowingStrategy<?, ?> windowing,
    DoFnSchemaInformation schema,
    Map<String, PCollectionView<?>> sideInputMapping,
    Map<String, PCollectionView<?>> views) {

  public UserFunction {
    additionalOutputs = List.copyOf(additionalOutputs);
    outputCoders = Collections.unmodifiableMap(new LinkedHashMap<>(outputCoders));
    sideInputMapping = Collections.unmodifiableMap(new LinkedHashMap<>(sideInputMapping));
    views = Collections.unmodifiableMap(new LinkedHashMap<>(views));
  }

  /** The function of the node of {@code context}, deserialized from {@code payload}. */
  @SuppressWarnings("unchecked") // the types are those of the node's collections
  public static UserFunction of(NodeContext context, RunnerApi.ParDoPayload payload) {
    Node node = context.node();
    Components components = context.components();
    DoFnWithExecutionInformation serialized =
        ParDoTranslation.doFnWithExecutionInformationFromProto(payload.getDoFn());
    TupleTag<Object> mainOutput = (TupleTag<Object>) serialized.getMainOutputTag();
    List<TupleTag<?>> additionalOutputs = new ArrayList<>();
    Map<TupleTag<?>, Coder<?>> outputCoders = new LinkedHashMap<>();
    node.outputs()
        .forEach(
            (localName, collection) -> {
              TupleTag<?> tag = new TupleTag<>(localName);
              outputCoders.put(tag, components.coder(collection));
              if (!tag.equals(mainOutput)) {
                additionalOutputs.add(tag);
              }
            });
    CollectionId input = node.inputs().get(0);
    return new UserFunction(
        node.fullName(),
        (DoFn<Object, Object>) serialized.getDoFn(),
        mainOutput,
        additionalOutputs,
        outputCoders,
        components.coder(input),
        components.windowing(input),
        serialized.getSchemaInformation(),
        serialized.getSideInputMapping(),
        components.views(node));
  }
}
