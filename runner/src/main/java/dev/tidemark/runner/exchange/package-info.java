/**
 * Pages of encoded elements and how they get from lane to lane.
 *
 * <p>A leaf: knows bytes, hashes and lanes, not Beam.
 */
@NullMarked
package dev.tidemark.runner.exchange;

import org.jspecify.annotations.NullMarked;
