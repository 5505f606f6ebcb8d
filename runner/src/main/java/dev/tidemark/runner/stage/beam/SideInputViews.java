package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.SideInputs;
import java.util.Map;
import org.apache.beam.runners.core.SideInputReader;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/**
 * Lets Beam's classes read a node's side inputs. A user's function asks with the view that it was
 * serialized with; the host knows the one of the graph, which has the same tag.
 *
 * <p>Owned by the lane.
 */
final class SideInputViews implements SideInputReader {
  private final Map<String, PCollectionView<?>> viewsByTag;
  private final SideInputs sideInputs;

  SideInputViews(Map<String, PCollectionView<?>> viewsByTag, SideInputs sideInputs) {
    this.viewsByTag = viewsByTag;
    this.sideInputs = sideInputs;
  }

  @Override
  @SuppressWarnings({
    "unchecked",
    "NullAway"
  }) // same tag, same type; Beam's interface knows no null
  public <T> T get(PCollectionView<T> view, BoundedWindow sideInputWindow) {
    PCollectionView<T> known = (PCollectionView<T>) find(view);
    if (known == null) {
      throw new IllegalArgumentException("not a side input of this transform: " + view);
    }
    return sideInputs.get(known, sideInputWindow);
  }

  @Override
  public <T> boolean contains(PCollectionView<T> view) {
    return find(view) != null;
  }

  @Override
  public boolean isEmpty() {
    return viewsByTag.isEmpty();
  }

  private @Nullable PCollectionView<?> find(PCollectionView<?> view) {
    return viewsByTag.get(view.getTagInternal().getId());
  }
}
