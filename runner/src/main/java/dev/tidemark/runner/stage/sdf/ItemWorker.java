package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.TransformException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A thread with an instance of an unbounded function, which processes the items that are bound to
 * it, one at a time and each when it is due. Each call is a bundle of its own. A delay begins when
 * the call that asked for it has ended.
 *
 * <p>The function, its coders and everything they make belong to the thread, which also sets the
 * function up and tears it down. All methods may be called from any thread.
 */
final class ItemWorker {
  /**
   * What a worker needs of its node.
   *
   * @param transform the full name of the transform
   * @param metrics where metrics go
   * @param open makes and sets up an instance of the function, on the worker's thread
   * @param coder makes a coder of items
   * @param clock processing time in milliseconds
   * @param waits whether an item waits out its delay here, not with the lane
   * @param draining whether the job is being drained, so that rests go back to be truncated
   * @param fail takes a failure
   */
  record Host(
      String transform,
      MetricsContainer metrics,
      Supplier<ItemRunner> open,
      Supplier<Coder<WorkItem>> coder,
      LongSupplier clock,
      boolean waits,
      BooleanSupplier draining,
      Consumer<Throwable> fail) {}

  private final Host host;
  private final DueTasks tasks;
  private final Thread thread;
  private volatile boolean stopped;

  ItemWorker(Host host, String threadName, @Nullable ClassLoader contextClassLoader) {
    this.host = host;
    this.tasks = new DueTasks(host.clock());
    this.thread = new Thread(this::run, threadName);
    this.thread.setContextClassLoader(contextClassLoader);
  }

  void start() {
    thread.start();
  }

  void add(ItemTask task) {
    tasks.add(task);
  }

  /** The job is drained: gives back the items that wait, to be truncated. */
  void recall() {
    tasks.recall();
  }

  /** Asks the thread to end: at once if it waits in a call that can be interrupted. */
  void stop() {
    stopped = true;
    thread.interrupt();
  }

  /** Waits for the end of a thread that was asked to {@link #stop}; returns whether it came. */
  boolean join(long millis) throws InterruptedException {
    thread.join(millis);
    return !thread.isAlive();
  }

  private void run() {
    MetricsEnvironment.setCurrentContainer(host.metrics());
    try {
      ItemRunner runner = host.open().get();
      try {
        Coder<WorkItem> coder = host.coder().get();
        while (!stopped) {
          process(runner, coder, tasks.take());
        }
      } finally {
        boolean interrupted = Thread.interrupted(); // teardown is not to be disturbed
        runner.function().close();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // only stop() interrupts
    } catch (Throwable e) {
      if (!stopped) {
        host.fail().accept(TransformException.of(host.transform(), e));
      }
    } finally {
      MetricsEnvironment.setCurrentContainer(null);
    }
  }

  private void process(ItemRunner runner, Coder<WorkItem> coder, ItemTask task) throws Exception {
    WorkItem item = CoderUtils.decodeFromByteArray(coder, task.encoded());
    if (task.phase() == ItemTask.Phase.UNDRAINED && host.draining().getAsBoolean()) {
      ItemRunner.Rest all = new ItemRunner.Rest(item, Duration.ZERO);
      task.handover().put(new ItemSlice(List.of(), List.of(), all, false));
      return;
    }
    Buffer buffer = new Buffer();
    List<ItemSlice.Finalizer> finalizers = new ArrayList<>();
    DoFn.BundleFinalizer finalizer =
        (expiry, callback) -> finalizers.add(new ItemSlice.Finalizer(expiry, callback));
    runner.function().startBundle(finalizer);
    ItemRunner.Rest rest =
        runner.run(
            item,
            task.phase() == ItemTask.Phase.TO_TRUNCATE,
            UnaryOperator.identity(),
            task.sideInputs(),
            buffer,
            finalizer);
    runner.function().finishBundle(finalizer);
    if (rest == null) {
      task.handover().put(new ItemSlice(buffer.emitted, finalizers, null, false));
      return;
    }
    rest = rest.from(host.clock().getAsLong());
    boolean continues = host.waits() || rest.delay().getMillis() <= 0;
    // The lane gets the rest itself; what this thread goes on with must not be shared with it.
    byte[] encoded = CoderUtils.encodeToByteArray(coder, rest.item());
    if (task.handover().put(new ItemSlice(buffer.emitted, finalizers, rest, continues))) {
      tasks.add(task.next(encoded, rest.item().resumeMillis()));
    }
  }

  /** Keeps the outputs of one call; owned by the worker's thread until they are handed over. */
  private static final class Buffer implements WindowedValueMultiReceiver {
    private final List<ItemSlice.Emitted<?>> emitted = new ArrayList<>();

    @Override
    public <T> void output(TupleTag<T> tag, WindowedValue<T> value) {
      emitted.add(new ItemSlice.Emitted<>(tag, value));
    }
  }
}
