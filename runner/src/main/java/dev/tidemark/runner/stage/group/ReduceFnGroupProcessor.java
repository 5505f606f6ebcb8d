package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.beam.LateElements;
import dev.tidemark.runner.stage.beam.WindowGrouping;
import dev.tidemark.runner.stage.failing.ElementGuard;
import dev.tidemark.translation.graph.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Groups or combines by key and window with all of Beam's windowing: {@link Operation.GroupByKey}
 * and {@link Operation.CombinePerKey} where input is unbounded, or triggers, lateness or merging
 * windows ask for it.
 *
 * <p>The elements of one bundle are gathered by key and handed over together. An element is judged
 * by the watermark at its arrival: those gathered are handed over before a new watermark is shown.
 *
 * <p>Owned by the lane.
 */
public final class ReduceFnGroupProcessor implements NodeProcessor {
  private static final int MAX_GATHERED = 1_000;

  private final Map<Key, List<WindowedValue<Object>>> gathered = new LinkedHashMap<>();
  private int gatheredCount;
  private long gatheredSince = Timestamps.MAX;
  private long watermark = Timestamps.MIN;
  private @Nullable Open open;

  /** What there is once the processor is open. */
  private record Open(
      NodeContext context,
      String fullName,
      WindowGrouping grouping,
      LateElements late,
      @Nullable ElementGuard guard) {}

  @Override
  public void open(NodeContext context) {
    String fullName = context.node().fullName();
    try {
      watermark = context.inputWatermark();
      WindowGrouping grouping = grouping(context);
      open =
          new Open(
              context,
              fullName,
              grouping,
              new LateElements(grouping.lateness()),
              StreamingGroupProcessor.addsInputs(context.node()) ? ElementGuard.of(context) : null);
    } catch (RuntimeException e) {
      throw TransformException.of(fullName, e);
    }
  }

  private WindowGrouping grouping(NodeContext context) {
    OutputPort output = context.output(context.node().outputs().values().iterator().next());
    Operation operation = context.node().operation();
    if (operation instanceof Operation.GroupByKey) {
      return WindowGrouping.grouping(context, output, () -> watermark);
    }
    if (operation instanceof Operation.CombinePerKey combine) {
      return WindowGrouping.combining(
          context, combine.payload(), combine.lifted(), output, () -> watermark);
    }
    throw new IllegalArgumentException("neither a GroupByKey nor a CombinePerKey: " + operation);
  }

  private Open open() {
    if (open == null) {
      throw new IllegalStateException("not open");
    }
    return open;
  }

  @Override
  public void process(WindowedValue<?> element) {
    Open node = open();
    guard(
        () -> {
          if (gatheredCount > 0 && node.context().inputWatermark() != watermark) {
            handOver(node);
          }
          watermark = node.context().inputWatermark();
          Key key = node.context().currentKey();
          if (node.guard() != null) {
            // One by one, so that it is known which fails.
            node.guard()
                .around(
                    element,
                    node.context()::afterCommit,
                    () -> {
                      gather(node, key, element);
                      handOver(node);
                    });
            return;
          }
          gather(node, key, element);
          if (gatheredCount >= MAX_GATHERED) {
            handOver(node);
            node.context().setCurrentKey(key);
          }
        });
  }

  private void gather(Open node, Key key, WindowedValue<?> element) {
    Object value = ((KV<?, ?>) element.getValue()).getValue();
    for (WindowedValue<Object> kept : node.late().drop(element.withValue(value), watermark)) {
      gathered.computeIfAbsent(key, any -> new ArrayList<>()).add(kept);
      gatheredCount++;
      gatheredSince = Math.min(gatheredSince, kept.getTimestamp().getMillis());
    }
  }

  private void handOver(Open node) throws Exception {
    if (gatheredCount == 0) {
      return;
    }
    node.grouping().expect(gathered);
    for (Map.Entry<Key, List<WindowedValue<Object>>> ofKey : gathered.entrySet()) {
      node.context().setCurrentKey(ofKey.getKey());
      node.grouping().processElements(ofKey.getKey(), ofKey.getValue());
    }
    gathered.clear();
    gatheredCount = 0;
    gatheredSince = Timestamps.MAX;
  }

  @Override
  public void onTimer(TimerRecord timer) {
    Open node = open();
    guard(
        () -> {
          handOver(node);
          watermark = node.context().inputWatermark();
          node.context().setCurrentKey(timer.key());
          node.grouping().onTimer(timer);
        });
  }

  @Override
  public void flush() {
    Open node = open();
    guard(() -> handOver(node));
  }

  @Override
  public void advanceWatermark(long watermarkMillis) {
    Open node = open();
    guard(() -> handOver(node));
    watermark = watermarkMillis;
  }

  @Override
  public void finishBundle() {
    Open node = open();
    guard(() -> handOver(node));
  }

  @Override
  public long pendingHold() {
    return gatheredSince;
  }

  /** A call that may run users' functions. */
  @FunctionalInterface
  private interface Call {
    void run() throws Exception;
  }

  private void guard(Call call) {
    try {
      call.run();
    } catch (Throwable e) {
      throw TransformException.of(open().fullName(), e);
    }
  }
}
