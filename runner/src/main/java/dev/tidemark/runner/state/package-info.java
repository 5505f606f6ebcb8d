/**
 * State and timers: as objects while a lane uses them, as bytes in a store between epochs.
 *
 * <p>A {@link dev.tidemark.runner.state.LaneState} has the cells and timers of a stage's nodes in
 * one lane. What an epoch changes in them becomes an {@link
 * dev.tidemark.runner.state.EpochOverlay}; those of all lanes, with a {@link
 * dev.tidemark.runner.state.Manifest}, are one atomic {@link
 * dev.tidemark.runner.state.StateStore#commit}. Until then a lane reads through its overlays, newer
 * ones first, to the store:
 *
 * <pre>{@code
 * NodeDictionary dictionary = NodeDictionary.open(store, keyedNodesOfTheJob);
 * LaneState lane = LaneState.open(store, dictionary, groups, laneIndex, nodes, cacheBytes);
 *
 * lane.openEpoch(n);                       // lane
 * ... lane.cells(node), lane.timers(node), lane.minHold(node) ...
 * lane.cleanUp();                          // lane, now and then
 * EpochOverlay sealed = lane.seal();       // lane; then openEpoch(n + 1) at will
 * store.commit(new EpochCommit(manifest, List.of(sealed.changes(), ...)));   // committer
 * sealed.markCommitted();                                                    // committer
 * }</pre>
 *
 * <h2>Layout of the store</h2>
 *
 * Every key of the store is
 *
 * <pre>
 *   table     1 byte, see StateTable: v value, b bag, m map, u multimap, o ordered list,
 *             h hold, t timer, s timer by time, l timer by hold, x mark of these two
 *   node      4 bytes, from the store's NodeDictionary
 *   group     2 bytes, the key group
 *   key       escaped, as the node's key coder writes it in the outer context
 *
 *   cells:    cell id, escaped; namespace, escaped; then
 *               value, hold     nothing
 *               bag             sequence: values come in chunks, a chunk an epoch or more
 *               map             the encoded map key
 *               multimap        the encoded map key, escaped; sequence
 *               ordered list    timestamp (8 bytes, sign flipped), sequence
 *   timers:   time domain (1 byte: e, p, s); namespace, family and id, each escaped
 * </pre>
 *
 * <p>Timers are also found, where there is a mark {@code x} for their key group, see {@link
 * dev.tidemark.runner.state.TimerIndex}, by these, in which the group is followed by
 *
 * <pre>
 *   s  time domain; timestamp (8 bytes, sign flipped); key, namespace, family and id, each escaped
 *   l  output timestamp (the same); key, namespace, family and id, each escaped; time domain
 *   x  nothing
 * </pre>
 *
 * <p>or one of those that belong to the job as a whole:
 *
 * <pre>
 *   n  the name of a node          its number
 *   w  node, first key group       how far a lane has come with it, see ProgressLog
 *   c  the name of a step          its committed metrics
 *   j  a name                      what else is known of the job
 *   d                              the description of the job, see state.description
 * </pre>
 *
 * <p>Escaped: 00 becomes 00 FF, and 00 01 ends the string, so that no string begins with another
 * and their order is kept: scans by prefix are exact. Sequence: epoch and count, each as the number
 * of its bytes and those. So the entries of one node, or of a range of its key groups, are
 * contiguous, and a job can be resumed with another number of lanes.
 *
 * <p>A value is a byte 00 for null, or 01 and what the coder writes in the nested context; a chunk
 * is a sequence of those. A hold is its time, a timer its time and its output time, 8 bytes each,
 * sign flipped. A timer by time has its output time, or nothing if that is its time; the other two
 * have nothing.
 *
 * <p>Implements the interfaces of {@code stage}; depends on {@code exchange} (key groups) and
 * {@code progress}.
 */
@NullMarked
package dev.tidemark.runner.state;

import org.jspecify.annotations.NullMarked;
