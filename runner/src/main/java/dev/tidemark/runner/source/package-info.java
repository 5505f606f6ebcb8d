/**
 * Sources of the embedded executor: what feeds the source nodes of a stage, a lane each.
 *
 * <p>May depend on {@code stage} (ports and timestamps), {@code schedule} and {@code
 * translation.graph}.
 */
@NullMarked
package dev.tidemark.runner.source;

import org.jspecify.annotations.NullMarked;
