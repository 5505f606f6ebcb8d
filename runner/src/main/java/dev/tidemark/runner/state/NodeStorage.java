package dev.tidemark.runner.state;

import dev.tidemark.runner.progress.HoldSet;
import dev.tidemark.translation.graph.NodeId;

/**
 * What all cells of one node in one lane share.
 *
 * <p>Owned by the lane.
 *
 * @param node the node, for messages
 * @param durable whether changes are written to overlays; otherwise cells are objects only
 * @param chain what is written and committed; unused if not durable
 * @param layout how store keys are written; unused if not durable
 * @param holds the hold cells that are set
 * @param suffixes how cells are written
 */
record NodeStorage(
    NodeId node,
    boolean durable,
    OverlayChain chain,
    KeyLayout layout,
    HoldSet holds,
    CellSuffixes suffixes) {

  NodeStorage(NodeId node, boolean durable, OverlayChain chain, KeyLayout layout) {
    this(node, durable, chain, layout, new HoldSet(), new CellSuffixes());
  }

  /** The place of a new entry: after all before it, whichever lane and run made those. */
  Sequence nextSequence() {
    if (durable && !chain.isOpen()) {
      throw new IllegalStateException("state of " + node + " changes outside of an epoch");
    }
    return new Sequence(chain.epoch(), chain.nextSequence());
  }
}
