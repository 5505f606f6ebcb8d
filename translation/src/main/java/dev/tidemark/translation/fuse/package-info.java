/**
 * From single nodes to fused stages: which nodes run together in a lane, and what is known of each
 * stage as a whole.
 *
 * <p>Depends on the graph's records and the environment policy. {@link
 * dev.tidemark.translation.fuse.Fuser} is the way in.
 */
@NullMarked
package dev.tidemark.translation.fuse;

import org.jspecify.annotations.NullMarked;
