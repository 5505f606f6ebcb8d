package dev.tidemark.runner.stage.stub;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.PageProcessor;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Sends elements through an exchange by key to a processor in each of some lanes, and then the end
 * of time.
 *
 * @param lanes how many lanes
 * @param flushEvery after how many elements all pages are cut
 * @param workSpace memory and disk for what the lanes gather
 */
public record Lanes(int lanes, int flushEvery, SpillSpace workSpace) {
  /** Lanes with as much memory as they need. */
  public Lanes(int lanes, int flushEvery) {
    this(lanes, flushEvery, SpillSpace.memoryOnly());
  }

  /** What comes out of all lanes; checks the current key and the hold on the way. */
  public List<WindowedValue<?>> run(
      OneNodeGraph graph,
      Supplier<? extends PageProcessor> processors,
      List<? extends WindowedValue<?>> elements)
      throws Exception {
    List<StubNodeContext> contexts = new ArrayList<>();
    List<PageProcessor> opened = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      contexts.add(new StubNodeContext(graph, false, workSpace));
      opened.add(processors.get());
      opened.get(lane).open(contexts.get(lane));
      opened.get(lane).startBundle();
    }
    ElementEncoder encoder =
        ElementEncoder.byKey(
            EdgeCoders.of(new Components(graph.graph()), OneNodeGraph.INPUT, "Sum/Group"),
            new KeyGroups(Math.max(lanes, 13), lanes),
            (lane, page) -> deliver(opened.get(lane), page));
    for (int i = 0; i < elements.size(); i++) {
      encoder.accept(elements.get(i));
      if ((i + 1) % flushEvery == 0) {
        encoder.flush();
      }
    }
    encoder.flush();

    List<WindowedValue<?>> results = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      StubNodeContext context = contexts.get(lane);
      long hold = opened.get(lane).pendingHold();
      context.advanceWatermark(opened.get(lane), 1000);
      require(context.outputs().isEmpty(), "nothing before the end of the input");
      context.advanceWatermark(opened.get(lane), Timestamps.MAX);
      opened.get(lane).finishBundle();
      require(opened.get(lane).pendingHold() == Timestamps.MAX, "no hold in the end");
      opened.get(lane).close();
      for (StubNodeContext.Output output : context.outputs()) {
        Key key = output.currentKey();
        KV<?, ?> kv = (KV<?, ?>) output.element().getValue();
        require(key != null && key.decoded() != null && key.decoded().equals(kv.getKey()), "key");
        require(output.element().getTimestamp().getMillis() >= hold, "held until emitted");
        results.add(output.element());
      }
    }
    return results;
  }

  private static void deliver(PageProcessor processor, RecordBatch page) {
    try {
      processor.processPage(page);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
