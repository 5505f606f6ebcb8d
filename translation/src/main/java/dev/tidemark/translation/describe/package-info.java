/**
 * Renders a stage graph for people: as text, which golden tests compare, and for Graphviz.
 *
 * <p>Depends on the graph's records only. Shows nothing that differs between two runs of the same
 * program, such as generated ids.
 */
@NullMarked
package dev.tidemark.translation.describe;

import org.jspecify.annotations.NullMarked;
