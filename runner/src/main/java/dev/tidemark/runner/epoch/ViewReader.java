package dev.tidemark.runner.epoch;

import dev.tidemark.runner.stage.SideInputs;
import dev.tidemark.runner.stage.sideinput.SideInputTable;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/**
 * The side inputs of one node, read from the job's tables.
 *
 * <p>Immutable.
 *
 * @param tables the table of each side input by its tag
 */
record ViewReader(Map<String, SideInputTable> tables) implements SideInputs {

  @Override
  public boolean isReady(PCollectionView<?> view, BoundedWindow sideInputWindow) {
    return table(view).isReady(sideInputWindow);
  }

  @Override
  public <T> @Nullable T get(PCollectionView<T> view, BoundedWindow sideInputWindow) {
    return table(view).get(view, sideInputWindow);
  }

  @Override
  public long version(PCollectionView<?> view) {
    return table(view).replacements();
  }

  private SideInputTable table(PCollectionView<?> view) {
    SideInputTable table = tables.get(view.getTagInternal().getId());
    if (table == null) {
      throw new IllegalArgumentException(
          "the view " + view + " is not a side input of this transform; name it in withSideInputs");
    }
    return table;
  }
}
