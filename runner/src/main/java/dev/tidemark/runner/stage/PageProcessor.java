package dev.tidemark.runner.stage;

import dev.tidemark.runner.exchange.RecordBatch;

/**
 * A {@link NodeProcessor} that takes whole pages from an exchange without having them decoded.
 *
 * <p>Owned by the lane.
 */
public interface PageProcessor extends NodeProcessor {
  /** Takes a page, instead of a call of {@link #process} for each of its elements. */
  void processPage(RecordBatch page) throws Exception;
}
