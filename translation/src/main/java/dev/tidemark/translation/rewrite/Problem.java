package dev.tidemark.translation.rewrite;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * One reason why a pipeline cannot be run.
 *
 * <p>Immutable.
 *
 * @param transform the full name of the transform as the user wrote it, or null if the pipeline as
 *     a whole is concerned
 * @param urn the URN of the transform or requirement, empty if it has none
 * @param reason what is wrong and, where there is a way out, what to do
 */
public record Problem(@Nullable String transform, String urn, String reason)
    implements Serializable {
  @Override
  public String toString() {
    String subject = transform == null ? "the pipeline" : "transform \"" + transform + "\"";
    return subject + (urn.isEmpty() ? "" : " (" + urn + ")") + ": " + reason;
  }
}
