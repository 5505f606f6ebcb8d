package dev.tidemark.translation.rewrite;

import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.util.construction.ParDoTranslation;

/** The requirements that a pipeline may state, all of which this runner honours. */
final class Requirements {
  private static final Set<String> KNOWN =
      Set.of(
          ParDoTranslation.REQUIRES_STATEFUL_PROCESSING_URN,
          ParDoTranslation.REQUIRES_BUNDLE_FINALIZATION_URN,
          ParDoTranslation.REQUIRES_STABLE_INPUT_URN,
          ParDoTranslation.REQUIRES_TIME_SORTED_INPUT_URN,
          ParDoTranslation.REQUIRES_SPLITTABLE_DOFN_URN,
          ParDoTranslation.REQUIRES_ON_WINDOW_EXPIRATION_URN);

  private Requirements() {}

  /** Reports each requirement that is unknown. */
  static void check(List<String> requirements, Problems problems) {
    for (String requirement : requirements) {
      if (!KNOWN.contains(requirement)) {
        problems.reportPipeline(requirement, "this requirement is unknown to this runner");
      }
    }
  }
}
