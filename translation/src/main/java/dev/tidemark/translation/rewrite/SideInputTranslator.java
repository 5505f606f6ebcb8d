package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.SideInputSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Describes the side inputs of ParDos; the nodes that materialize them are added with the edges.
 *
 * <p>Owned by the translation.
 */
final class SideInputTranslator {
  private static final Set<String> ACCESS_PATTERNS =
      Set.of("beam:side_input:iterable:v1", "beam:side_input:multimap:v1");

  private final GraphDraft draft;

  SideInputTranslator(GraphDraft draft) {
    this.draft = draft;
  }

  /** The side inputs, sorted by tag; reports those that cannot be shown. */
  List<SideInputSpec> translate(RunnerApi.PTransform transform, RunnerApi.ParDoPayload payload) {
    List<SideInputSpec> sideInputs = new ArrayList<>();
    new TreeMap<>(payload.getSideInputsMap())
        .forEach(
            (tag, spec) -> {
              String collection = transform.getInputsOrDefault(tag, null);
              String access = spec.getAccessPattern().getUrn();
              if (collection == null) {
                draft
                    .problems()
                    .report(transform, "its side input \"" + tag + "\" is not among its inputs");
              } else if (!ACCESS_PATTERNS.contains(access)) {
                draft
                    .problems()
                    .report(
                        transform,
                        "its side input \"" + tag + "\" has an unknown access pattern: " + access);
              } else {
                CollectionId id = new CollectionId(collection);
                sideInputs.add(new SideInputSpec(tag, id, viewOf(draft, id), spec));
              }
            });
    return sideInputs;
  }

  /** The name of the node that makes a collection readable as a side input. */
  static NodeId viewOf(GraphDraft draft, CollectionId collection) {
    return new NodeId(draft.collection(collection).name() + "/Materialize");
  }
}
