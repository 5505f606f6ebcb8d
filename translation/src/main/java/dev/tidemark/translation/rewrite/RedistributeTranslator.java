package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Operation;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/**
 * Translates Reshuffle and Redistribute.
 *
 * <p>Owned by the translation.
 */
final class RedistributeTranslator {
  private final GraphDraft draft;

  RedistributeTranslator(GraphDraft draft) {
    this.draft = draft;
  }

  /**
   * Java's Reshuffle goes by the key of its elements; that of other SDKs has the same URN but goes
   * by a random key that it adds inside. The group in its expansion tells which it is.
   */
  void reshuffle(RunnerApi.PTransform transform) {
    CollectionId input = TransformTranslator.onlyInput(draft, transform);
    if (input != null) {
      String keyCoder = Coders.keyCoder(draft.components(), draft.collection(input).coderId());
      boolean byKey = keyCoder != null && groupsBy(transform, keyCoder);
      add(transform, input, new Operation.Redistribute(byKey, false));
    }
  }

  /** Redistribute says itself which of the two it is. */
  void redistribute(RunnerApi.PTransform transform, boolean byKey) {
    CollectionId input = TransformTranslator.onlyInput(draft, transform);
    if (input == null || (byKey && !TransformTranslator.requireKey(draft, transform, input))) {
      return;
    }
    RunnerApi.RedistributePayload payload = Payloads.redistribute(transform);
    boolean allowDuplicates = payload != null && payload.getAllowDuplicates();
    add(transform, input, new Operation.Redistribute(byKey, allowDuplicates));
  }

  private void add(
      RunnerApi.PTransform transform, CollectionId input, Operation.Redistribute operation) {
    if (draft.foreign()) {
      // The runner hands on bytes that it does not understand, so they keep their coder.
      draft.setCoders(transform, draft.collection(input).coderId());
    }
    draft.add(operation, List.of(input), List.of(), transform, null);
  }

  /** Whether every group inside {@code transform} has keys of this coder. */
  private boolean groupsBy(RunnerApi.PTransform transform, String keyCoder) {
    for (String partId : transform.getSubtransformsList()) {
      RunnerApi.PTransform part = draft.components().getTransformsOrDefault(partId, null);
      if (part == null || part.getSpec().getUrn().equals(transform.getSpec().getUrn())) {
        continue;
      }
      if (part.getSpec().getUrn().equals(PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN)) {
        for (String input : part.getInputsMap().values()) {
          String coderId = draft.collection(new CollectionId(input)).coderId();
          if (!Coders.same(
              draft.components(), keyCoder, Coders.keyCoder(draft.components(), coderId))) {
            return false;
          }
        }
      } else if (!groupsBy(part, keyCoder)) {
        return false;
      }
    }
    return true;
  }
}
