/**
 * Where the functions of an SDK environment run: as direct calls or in an SDK harness.
 *
 * <p>Depends on the graph's records only.
 */
@NullMarked
package dev.tidemark.translation.environment;

import org.jspecify.annotations.NullMarked;
