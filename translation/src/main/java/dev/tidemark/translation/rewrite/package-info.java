/**
 * From the portable proto to single nodes and edges, in ordered steps: rewrites of the proto
 * (views, read wrappers), the walk through composites, one translator for each family of
 * transforms, and the edges with their kinds.
 *
 * <p>Depends on the graph's records and the environment policy. {@link
 * dev.tidemark.translation.rewrite.GraphRewriter} is the way in.
 */
@NullMarked
package dev.tidemark.translation.rewrite;

import org.jspecify.annotations.NullMarked;
