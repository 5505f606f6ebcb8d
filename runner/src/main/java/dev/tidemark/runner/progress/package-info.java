/**
 * How far event time has come: bookkeeping over counts and minima, with no threads, no I/O and no
 * knowledge of operators.
 *
 * <p>Every node of a graph has one {@link NodeWatermarks}. Whoever walks the nodes in topological
 * order gives each of them the minimum of its upstreams' output watermarks, which a {@link
 * Frontier} keeps incrementally where there are several, and the times that wait before and inside
 * the node; many of those are counted in a {@link HoldSet}:
 *
 * <pre>{@code
 * Frontier upstream = new Frontier(2, start);      // two inputs, or two lanes of one
 * HoldSet holds = new HoldSet();                   // hold cells and timers of the node
 * NodeWatermarks node = new NodeWatermarks(start);
 *
 * upstream.update(0, 50);
 * upstream.update(1, 40);                          // upstream.min() == 40
 * holds.add(30);
 * node.advanceInput(upstream.min(), HoldSet.NONE); // 40: timers up to 40 fire
 * node.advanceOutput(holds.min(), HoldSet.NONE);   // 30: something may still come out at 30
 * holds.remove(30);
 * node.advanceOutput(holds.min(), HoldSet.NONE);   // 40
 * }</pre>
 *
 * <p>All times are in milliseconds. A leaf: depends on no other package of the runner.
 */
@NullMarked
package dev.tidemark.runner.progress;

import org.jspecify.annotations.NullMarked;
