package dev.tidemark.runner.stage.window;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import dev.tidemark.translation.graph.Operation;
import java.util.Collection;
import java.util.Set;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues.SingleWindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Gives each element the windows that a window function assigns: {@link Operation.WindowInto}.
 * Timestamp, pane and metadata stay. The function is asked once for each window that the element
 * was in; what it assigns no window, as sliding windows with gaps do, is left out.
 *
 * <p>Owned by the lane.
 */
public final class WindowIntoProcessor implements NodeProcessor {
  /** Functions that look at nothing but the timestamp. */
  private static final Set<Class<?>> BY_TIMESTAMP =
      Set.of(GlobalWindows.class, FixedWindows.class, SlidingWindows.class, Sessions.class);

  private @Nullable Open open;

  /** The last element before and after, if the next one like it gets the same windows. */
  private @Nullable WindowedValue<?> lastLike;

  private @Nullable WindowedValue<?> lastAssigned;

  /** What there is once the processor is open. */
  private record Open(
      String fullName,
      WindowFn<Object, BoundedWindow> windowFn,
      boolean byTimestamp,
      OutputPort output) {}

  @Override
  @SuppressWarnings("unchecked") // the payload's function takes the input's elements
  public void open(NodeContext context) {
    String fullName = context.node().fullName();
    if (!(context.node().operation() instanceof Operation.WindowInto operation)) {
      throw new IllegalArgumentException(fullName + " is no WindowInto");
    }
    try {
      WindowFn<?, ?> windowFn =
          WindowingStrategyTranslation.windowFnFromProto(operation.payload().getWindowFn());
      open =
          new Open(
              fullName,
              (WindowFn<Object, BoundedWindow>) windowFn,
              BY_TIMESTAMP.contains(windowFn.getClass()),
              context.output(context.node().outputs().values().iterator().next()));
    } catch (RuntimeException e) {
      throw TransformException.of(fullName, e);
    }
  }

  @Override
  public void process(WindowedValue<?> element) {
    process(element.getValue(), element);
  }

  @Override
  public void process(@Nullable Object value, WindowedValue<?> like) {
    Open node = open;
    if (node == null) {
      throw new IllegalStateException("not open");
    }
    if (!node.byTimestamp() || !(like instanceof SingleWindowedValue)) {
      process(node, OutputPort.element(value, like));
      return;
    }
    WindowedValue<?> assigned = like == lastLike ? lastAssigned : assign(node, like);
    lastLike = like;
    lastAssigned = assigned;
    if (assigned != null) {
      node.output().accept(value, assigned);
    }
  }

  private static void process(Open node, WindowedValue<?> element) {
    if (element.getWindows().size() == 1) {
      processInOneWindow(node, element);
      return;
    }
    for (WindowedValue<?> inOneWindow : ElementMetadata.explodeWindows(element)) {
      processInOneWindow(node, inOneWindow);
    }
  }

  private static void processInOneWindow(Open node, WindowedValue<?> element) {
    WindowedValue<?> assigned = assign(node, element);
    if (assigned != null) {
      node.output().accept(assigned);
    }
  }

  /** The element in its new windows; null if there are none. */
  private static @Nullable WindowedValue<?> assign(Open node, WindowedValue<?> element) {
    Collection<BoundedWindow> windows;
    try {
      windows = node.windowFn().assignWindows(new ElementContext(node.windowFn(), element));
    } catch (Throwable e) {
      throw TransformException.of(node.fullName(), e);
    }
    return windows.isEmpty() ? null : ElementMetadata.withWindows(element, windows);
  }

  /** What a window function may know of an element in one window. */
  private static final class ElementContext extends WindowFn<Object, BoundedWindow>.AssignContext {
    private final WindowedValue<?> element;

    ElementContext(WindowFn<Object, BoundedWindow> windowFn, WindowedValue<?> element) {
      windowFn.super();
      this.element = element;
    }

    @Override
    public Object element() {
      return element.getValue();
    }

    @Override
    public Instant timestamp() {
      return element.getTimestamp();
    }

    @Override
    public BoundedWindow window() {
      return element.getWindows().iterator().next();
    }
  }
}
