/**
 * Turns the portable form of a Beam pipeline into a {@link
 * dev.tidemark.translation.graph.StageGraph}.
 *
 * <p>{@link dev.tidemark.translation.PipelineTranslator} is the way in. This module knows Beam's
 * model and {@code beam-sdks-java-core}; it knows no executor.
 */
@NullMarked
package dev.tidemark.translation;

import org.jspecify.annotations.NullMarked;
