package dev.tidemark.runner.stage.testing;

import dev.tidemark.runner.stage.SideInputs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/** Side inputs that the test makes ready, window by window. */
final class FakeSideInputs implements SideInputs {
  private final Map<List<Object>, @Nullable Object> ready = new HashMap<>();
  private long changes;

  void set(String tag, BoundedWindow window, @Nullable Object value) {
    ready.put(List.of(tag, window), value);
    changes++;
  }

  @Override
  public boolean isReady(PCollectionView<?> view, BoundedWindow sideInputWindow) {
    return ready.containsKey(List.of(view.getTagInternal().getId(), sideInputWindow));
  }

  @Override
  @SuppressWarnings("unchecked") // the test gives what the view is declared to be
  public <T> @Nullable T get(PCollectionView<T> view, BoundedWindow sideInputWindow) {
    if (!isReady(view, sideInputWindow)) {
      throw new IllegalStateException("read before it was ready: " + view + sideInputWindow);
    }
    return (T) ready.get(List.of(view.getTagInternal().getId(), sideInputWindow));
  }

  @Override
  public long version(PCollectionView<?> view) {
    return changes;
  }
}
