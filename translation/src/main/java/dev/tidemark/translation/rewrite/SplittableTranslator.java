package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.values.PCollection;

/**
 * Expands splittable ParDos into three nodes: pair each element with its restriction, split and
 * size the restrictions, process what results.
 *
 * <p>Owned by the translation.
 */
final class SplittableTranslator {
  private static final String OUTPUT = "out";

  private final GraphDraft draft;

  SplittableTranslator(GraphDraft draft) {
    this.draft = draft;
  }

  void translate(
      RunnerApi.PTransform transform,
      RunnerApi.ParDoPayload payload,
      CollectionId input,
      List<SideInputSpec> sideInputs) {
    if (!draft.components().containsCoders(payload.getRestrictionCoderId())) {
      draft
          .problems()
          .report(
              transform,
              "its restriction coder \"" + payload.getRestrictionCoderId() + "\" is missing");
      return;
    }
    String name = transform.getUniqueName();
    String environment = GraphDraft.environmentOf(transform);
    String pairName = name + "/PairWithRestriction";
    String splitName = name + "/SplitAndSizeRestrictions";
    String pairCoder =
        draft.addCoder(
            pairName + ".coder",
            Coders.kv(draft.collection(input).coderId(), payload.getRestrictionCoderId()));
    CollectionId paired = draft.addCollection(pairName + ".out", pairCoder, input);
    String sizedCoder =
        draft.addCoder(
            splitName + ".coder",
            Coders.kv(pairCoder, draft.addCoder(splitName + ".size", Coders.doubles())));
    CollectionId split = draft.addCollection(splitName + ".out", sizedCoder, input);

    draft.add(
        new Node(
            new NodeId(pairName),
            new Operation.PairWithRestriction(payload),
            List.of(input),
            Map.of(OUTPUT, paired),
            sideInputs,
            transform,
            environment));
    draft.add(
        new Node(
            new NodeId(splitName),
            new Operation.SplitAndSizeRestrictions(payload),
            List.of(paired),
            Map.of(OUTPUT, split),
            sideInputs,
            transform,
            environment));
    draft.add(
        new Node(
            new NodeId(name + "/ProcessSizedElements"),
            new Operation.ProcessSizedElements(payload, isBounded(transform, payload, input)),
            List.of(split),
            GraphDraft.outputs(transform),
            sideInputs,
            transform,
            environment));
  }

  /**
   * Whether each element gives a finite output. The proto does not say it; but over a bounded input
   * the outputs are bounded exactly if the function is. Over an unbounded input only the function
   * itself can tell; one that cannot be asked is taken as unbounded, which is always right.
   */
  private boolean isBounded(
      RunnerApi.PTransform transform, RunnerApi.ParDoPayload payload, CollectionId input) {
    if (draft.collection(input).bounded() && transform.getOutputsCount() > 0) {
      return GraphDraft.outputs(transform).values().stream()
          .allMatch(output -> draft.collection(output).bounded());
    }
    return draft.isEmbedded(transform) && isBoundedByAnnotation(payload);
  }

  private static boolean isBoundedByAnnotation(RunnerApi.ParDoPayload payload) {
    // A function that this JVM cannot load is not known to be bounded.
    DoFn<?, ?> function = JavaFunctions.of(payload);
    return function != null
        && DoFnSignatures.signatureForDoFn(function).isBoundedPerElement()
            == PCollection.IsBounded.BOUNDED;
  }
}
