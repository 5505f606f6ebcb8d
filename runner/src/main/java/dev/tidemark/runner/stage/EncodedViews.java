package dev.tidemark.runner.stage;

import dev.tidemark.translation.graph.SideInputSpec;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Materialization;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.transforms.Materializations.IterableView;
import org.apache.beam.sdk.transforms.Materializations.MultimapView;
import org.apache.beam.sdk.transforms.ViewFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.util.construction.RunnerPCollectionView;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Views of side inputs that a harness reads: just what their access pattern says, as the functions
 * of the view belong to the SDK.
 */
final class EncodedViews {
  private static final String MULTIMAP = "beam:side_input:multimap:v1";

  private EncodedViews() {}

  /**
   * The view of a side input: {@link IterableView} or {@link MultimapView} of elements as the
   * runner's coder decodes them. Windows are mapped in the way that is the default of the side
   * input's window function; to themselves, if that belongs to an SDK and is the main input's too.
   */
  @SuppressWarnings({"unchecked", "rawtypes", "NullAway"}) // a view needs no collection to be read
  static PCollectionView<?> of(
      SideInputSpec sideInput,
      WindowingStrategy<?, ?> main,
      WindowingStrategy<?, ?> windowing,
      Coder<?> coder) {
    ViewFn view =
        sideInput.spec().getAccessPattern().getUrn().equals(MULTIMAP)
            ? new AsMultimap()
            : new AsIterable();
    return new RunnerPCollectionView<>(
        null,
        (TupleTag) new TupleTag<>(sideInput.tag()),
        view,
        new DefaultMapping(main, windowing),
        windowing,
        coder);
  }

  /** Asks the window function only when there is a window: one that merges has no mapping. */
  private static final class DefaultMapping extends WindowMappingFn<BoundedWindow> {
    private final transient WindowingStrategy<?, ?> windowing;
    private final boolean same;

    DefaultMapping(WindowingStrategy<?, ?> main, WindowingStrategy<?, ?> windowing) {
      this.windowing = windowing;
      this.same =
          windowing.getWindowFn() instanceof OpaqueWindowFn sdks && sdks.equals(main.getWindowFn());
    }

    @Override
    public BoundedWindow getSideInputWindow(BoundedWindow mainWindow) {
      return same
          ? mainWindow
          : windowing.getWindowFn().getDefaultWindowMappingFn().getSideInputWindow(mainWindow);
    }
  }

  private static final class AsIterable extends ViewFn<IterableView<Object>, IterableView<Object>> {
    @Override
    public Materialization<IterableView<Object>> getMaterialization() {
      return Materializations.iterable();
    }

    @Override
    public IterableView<Object> apply(IterableView<Object> view) {
      return view;
    }

    @Override
    public TypeDescriptor<IterableView<Object>> getTypeDescriptor() {
      return new TypeDescriptor<>() {};
    }
  }

  private static final class AsMultimap
      extends ViewFn<MultimapView<Object, Object>, MultimapView<Object, Object>> {
    @Override
    public Materialization<MultimapView<Object, Object>> getMaterialization() {
      return Materializations.multimap();
    }

    @Override
    public MultimapView<Object, Object> apply(MultimapView<Object, Object> view) {
      return view;
    }

    @Override
    public TypeDescriptor<MultimapView<Object, Object>> getTypeDescriptor() {
      return new TypeDescriptor<>() {};
    }
  }
}
