package dev.tidemark.runner.stage.fused;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import org.apache.beam.sdk.values.WindowedValue;

/** Stands for a source node, which the host feeds: it takes nothing. */
enum SourceNodeProcessor implements NodeProcessor {
  INSTANCE;

  @Override
  public void open(NodeContext context) {}

  @Override
  public void process(WindowedValue<?> element) {
    throw new IllegalStateException("a source has no input");
  }
}
