package dev.tidemark.runner.stage.testing;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.SharedWork;
import dev.tidemark.runner.stage.SideInputs;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.WorkSharer;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Runs one operator in one lane, with a manual clock, under a {@link Schedule}.
 *
 * <p>Checks on the way what every operator owes: it emits inside of bundles only, and nothing ahead
 * of which it let its output watermark pass, unless it was given something late; and nothing comes
 * of a watermark that it does not await.
 */
public final class FakeHost implements NodeContext, AutoCloseable {
  private final NodeInGraph nodeInGraph;
  private final Supplier<NodeProcessor> processors;
  private final Schedule schedule;
  private final Random random;
  private final PipelineOptions options = PipelineOptionsFactory.create();
  private final MetricsContainerImpl metrics = new MetricsContainerImpl("fake");
  private final Map<String, List<WindowedValue<?>>> outputs = new LinkedHashMap<>();
  private final List<DoFn.BundleFinalizer.Callback> callbacks = new ArrayList<>();
  private final FakeSideInputs sideInputs = new FakeSideInputs();
  private final FakeTimers timers = new FakeTimers();
  private final FakeSharedWork sharedWork = new FakeSharedWork();
  private final AtomicLong turns = new AtomicLong();
  private final @Nullable Coder<Object> keyCoder;
  private Components components;
  private FakeKeyedCells cells = new FakeKeyedCells();
  private NodeProcessor processor;
  private @Nullable Key currentKey;
  private @Nullable RuntimeException outputFailure;
  private boolean inBundle;
  private boolean gotLateElement;
  private int inThisBundle;
  private long upstreamWatermark = Timestamps.MIN;
  private long inputWatermark = Timestamps.MIN;
  private long outputWatermark = Timestamps.MIN;
  private long undrainedWatermark = Timestamps.MAX;
  private long now = 1_000_000;
  private long epochNow = now;

  /** Opens a processor for the node. */
  public FakeHost(NodeInGraph nodeInGraph, Supplier<NodeProcessor> processors, Schedule schedule)
      throws Exception {
    this.nodeInGraph = nodeInGraph;
    this.processors = processors;
    this.schedule = schedule;
    this.random = schedule.random();
    this.components = new Components(nodeInGraph.graph());
    this.keyCoder = keyCoder();
    this.processor = processors.get();
    open();
  }

  @SuppressWarnings("unchecked") // keys are only encoded and decoded here
  private @Nullable Coder<Object> keyCoder() {
    boolean keyed =
        node().operation() instanceof Operation.GroupByKey
            || node().operation() instanceof Operation.CombinePerKey
            || (node().operation() instanceof Operation.ParDo parDo && parDo.stateful());
    return keyed
        ? ((KvCoder<Object, ?>) (Coder<?>) components.coder(node().inputs().get(0))).getKeyCoder()
        : null;
  }

  private void open() throws Exception {
    try (Closeable scope = MetricsEnvironment.scopedMetricsContainer(metrics)) {
      processor.open(this);
    }
  }

  // What a scenario does.

  /** Elements arrive. */
  public void elements(List<? extends WindowedValue<?>> elements) throws Exception {
    List<WindowedValue<?>> inOrder = new ArrayList<>(elements);
    if (schedule.byKey() && keyCoder != null) {
      inOrder.sort(
          (a, b) ->
              HexFormat.of()
                  .formatHex(keyOf(a).encoded())
                  .compareTo(HexFormat.of().formatHex(keyOf(b).encoded())));
    }
    for (WindowedValue<?> element : inOrder) {
      gotLateElement |= element.getTimestamp().getMillis() < inputWatermark;
      inBundle(
          () -> {
            currentKey = keyCoder == null ? null : keyOf(element);
            processor.process(element);
          });
      if (++inThisBundle >= schedule.bundleSize()) {
        settle();
      }
    }
    if (!schedule.lazy()) {
      settle();
    }
  }

  /** Runs until nothing is due. */
  public void quiesce() throws Exception {
    if (inBundle) {
      settle();
    }
  }

  /** The upstream watermark advances. */
  public void watermark(long millis) throws Exception {
    long from = upstreamWatermark;
    for (int step = 1; step <= schedule.watermarkSteps(); step++) {
      upstreamWatermark =
          step == schedule.watermarkSteps()
              ? millis
              : from + (millis - from) / schedule.watermarkSteps() * step;
      boolean quiet = !inBundle && processor.nextResume() > epochNow;
      long awaited =
          Math.min(processor.awaitedWatermark(), timers.nextTimestamp(TimeDomain.EVENT_TIME));
      long emitted = emitted();
      settle();
      if (quiet && upstreamWatermark < awaited && emitted() > emitted) {
        throw new AssertionError(
            "watermark " + upstreamWatermark + " lets something out, awaited was " + awaited);
      }
      if (schedule.repeatWatermark()) {
        settle();
      }
    }
  }

  /** The upstream watermark advances, and there is one round, whatever is left to do after it. */
  public void roundAt(long millis) throws Exception {
    upstreamWatermark = millis;
    round();
  }

  /** Cells and timers are read from the store again, where they are as they were. */
  public void reread() {
    processor.restored();
  }

  /** The clock advances, between bundles: what is gathered in one is taken to come at once. */
  public void processingTime(long millis) throws Exception {
    quiesce();
    now += millis;
    epochNow = now;
    settle();
  }

  /** The job drains: what the upstream watermark does from now on is the drain's doing. */
  public void drain() {
    undrainedWatermark = upstreamWatermark;
  }

  /** A side input window becomes readable with this value. */
  public void sideInput(String tag, BoundedWindow window, @Nullable Object value) throws Exception {
    sideInputs.set(tag, window, value);
    settle();
  }

  private long emitted() {
    return outputs.values().stream().mapToLong(List::size).sum();
  }

  /** Runs until nothing is due. */
  private void settle() throws Exception {
    boolean complete;
    do {
      complete = round();
    } while (!complete && schedule.mostPerRound() < Integer.MAX_VALUE);
  }

  /**
   * Runs, finishes the bundle, and perhaps restores.
   *
   * @return whether all was done that was due
   */
  private boolean round() throws Exception {
    boolean[] complete = new boolean[1];
    inBundle(() -> processor.flush());
    do {
      inputWatermark = Math.max(inputWatermark, Math.min(upstreamWatermark, processor.inputHold()));
      inBundle(() -> processor.advanceWatermark(inputWatermark));
      inBundle(() -> complete[0] = processor.resumePending());
      fire(TimeDomain.EVENT_TIME, inputWatermark);
      fire(TimeDomain.PROCESSING_TIME, epochNow);
      fire(TimeDomain.SYNCHRONIZED_PROCESSING_TIME, epochNow);
    } while (inputWatermark < Math.min(upstreamWatermark, processor.inputHold()));
    if (processor instanceof WorkSharer sharer) {
      inBundle(sharer::help);
    }
    finishBundle();
    long held =
        Math.min(
            Math.min(inputWatermark, processor.pendingHold()),
            Math.min(timers.minOutputTimestamp(), cells.minHold()));
    outputWatermark = Math.max(outputWatermark, held);
    if (random.nextDouble() < schedule.restoreChance()) {
      restore();
    }
    return complete[0];
  }

  private void fire(TimeDomain domain, long upTo) throws Exception {
    for (TimerRecord timer = timers.pollDue(domain, upTo);
        timer != null;
        timer = timers.pollDue(domain, upTo)) {
      TimerRecord due = timer;
      inBundle(
          () -> {
            currentKey = decoded(due.key());
            processor.onTimer(
                new TimerRecord(
                    currentKey,
                    due.namespace(),
                    due.family(),
                    due.id(),
                    due.domain(),
                    due.timestampMillis(),
                    due.outputTimestampMillis()));
          });
    }
  }

  private void restore() throws Exception {
    processor.close();
    cells = cells.restored();
    components = new Components(nodeInGraph.graph());
    currentKey = null;
    processor = processors.get();
    open();
  }

  /** A call that needs a bundle. */
  @FunctionalInterface
  private interface Call {
    void run() throws Exception;
  }

  private void inBundle(Call call) throws Exception {
    try (Closeable scope = MetricsEnvironment.scopedMetricsContainer(metrics)) {
      if (!inBundle) {
        inBundle = true;
        processor.startBundle();
      }
      call.run();
    }
    cells.forgetEmpty();
  }

  private void finishBundle() throws Exception {
    try (Closeable scope = MetricsEnvironment.scopedMetricsContainer(metrics)) {
      if (inBundle) {
        processor.finishBundle();
      }
    }
    inBundle = false;
    inThisBundle = 0;
  }

  private Key keyOf(WindowedValue<?> element) {
    if (keyCoder == null) {
      throw new IllegalStateException("the node is not keyed");
    }
    Object key = ((KV<?, ?>) element.getValue()).getKey();
    try {
      return new Key(CoderUtils.encodeToByteArray(keyCoder, key), key);
    } catch (CoderException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private Key decoded(Key key) {
    if (keyCoder == null) {
      throw new IllegalStateException("a timer in a node that is not keyed");
    }
    try {
      return new Key(key.encoded(), CoderUtils.decodeFromByteArray(keyCoder, key.encoded()));
    } catch (CoderException e) {
      throw new IllegalStateException(e);
    }
  }

  // What a test may ask.

  /** The operator may emit behind its output watermark, as it does when a window's end is told. */
  public void allowLateOutputs() {
    gotLateElement = true;
  }

  /** From now on every output fails like this. */
  public void failOutputsWith(RuntimeException failure) {
    outputFailure = failure;
  }

  /** What was emitted to the only output, in order. */
  public List<WindowedValue<?>> outputs() {
    if (node().outputs().size() != 1) {
      throw new IllegalStateException("there are the outputs " + node().outputs().keySet());
    }
    return outputs(node().outputs().keySet().iterator().next());
  }

  /** What was emitted to the output with this tag, in order. */
  public List<WindowedValue<?>> outputs(String tag) {
    if (!node().outputs().containsKey(tag)) {
      throw new IllegalArgumentException(tag + " is none of " + node().outputs().keySet());
    }
    return outputs.getOrDefault(tag, List.of());
  }

  /** The values that were emitted to the output with this tag, in order. */
  public List<Object> values(String tag) {
    List<Object> values = new ArrayList<>();
    outputs(tag).forEach(output -> values.add(output.getValue()));
    return values;
  }

  /** The committed value of a counter. */
  public long counter(Class<?> namespace, String name) {
    return metrics.getCounter(MetricName.named(namespace, name)).getCumulative();
  }

  /** The committed value of a counter. */
  public long counter(String namespace, String name) {
    return metrics.getCounter(MetricName.named(namespace, name)).getCumulative();
  }

  /** Calls what was to be called after a commit. */
  public void commit() throws Exception {
    for (DoFn.BundleFinalizer.Callback callback : callbacks) {
      callback.onBundleSuccess();
    }
    callbacks.clear();
  }

  /** How many parts of work under way were taken by another lane. */
  public int divided() {
    return sharedWork.divided();
  }

  /** Whether no cell and no timer is left. */
  public boolean nothingLeft() {
    return cells.isEmpty() && timers.isEmpty();
  }

  @Override
  public void close() throws Exception {
    processor.close();
  }

  // What the processor may ask.

  @Override
  public Node node() {
    return nodeInGraph.node();
  }

  @Override
  public Components components() {
    return components;
  }

  @Override
  public PipelineOptions options() {
    return options;
  }

  @Override
  public boolean streaming() {
    return true;
  }

  @Override
  public OutputPort output(CollectionId collection) {
    String tag =
        node().outputs().entrySet().stream()
            .filter(output -> output.getValue().equals(collection))
            .findFirst()
            .orElseThrow()
            .getKey();
    return element -> {
      if (outputFailure != null) {
        throw outputFailure;
      }
      if (!inBundle) {
        throw new AssertionError("emitted outside of a bundle: " + element);
      }
      if (!gotLateElement && element.getTimestamp().getMillis() < outputWatermark) {
        throw new AssertionError(
            "emitted behind the output watermark " + outputWatermark + ": " + element);
      }
      outputs.computeIfAbsent(tag, any -> new ArrayList<>()).add(element);
      if (random.nextDouble() < schedule.divideChance()) {
        sharedWork.divide();
      }
    };
  }

  @Override
  public Key currentKey() {
    if (currentKey == null) {
      throw new IllegalStateException("there is no current key");
    }
    return currentKey;
  }

  @Override
  public void setCurrentKey(Key key) {
    currentKey = key;
  }

  @Override
  public KeyedCells cells() {
    return cells;
  }

  @Override
  public TimerService timers() {
    return timers;
  }

  @Override
  public SharedWork sharedWork() {
    return sharedWork;
  }

  @Override
  public LongSupplier turns() {
    return turns::getAndIncrement;
  }

  @Override
  public SideInputs sideInputs() {
    return sideInputs;
  }

  @Override
  public long inputWatermark() {
    return inputWatermark;
  }

  @Override
  public long outputWatermark() {
    return outputWatermark;
  }

  @Override
  public long processingTime() {
    return now;
  }

  @Override
  public long epochProcessingTime() {
    return epochNow;
  }

  @Override
  public long synchronizedProcessingTime() {
    return epochNow;
  }

  @Override
  public MetricsContainerImpl metrics() {
    return metrics;
  }

  @Override
  public void afterCommit(Instant expiry, DoFn.BundleFinalizer.Callback callback) {
    callbacks.add(callback);
  }

  @Override
  public void wakeUp() {}

  @Override
  public void fail(Throwable failure) {
    throw new AssertionError(failure);
  }

  @Override
  public boolean causedByDrain(long eventTimeMillis) {
    return eventTimeMillis > undrainedWatermark;
  }

  @Override
  public boolean draining() {
    return undrainedWatermark < Timestamps.MAX;
  }

  @Override
  public int maxTimersPerRound() {
    return schedule.mostPerRound();
  }

  @Override
  public Duration maxProcessTime() {
    return Duration.millis(50);
  }
}
