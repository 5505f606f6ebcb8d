package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Key;
import java.io.IOException;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a bundle is given, with what is to be noted of it.
 *
 * <p>Immutable.
 */
sealed interface BundleItem {

  /** Puts it into a bundle. */
  void into(OpenBundle bundle) throws IOException, InterruptedException;

  /**
   * An element of the main input that is no restriction.
   *
   * @param key null if the node has none
   */
  record Element(@Nullable Key key, WindowedValue<?> value) implements BundleItem {
    @Override
    public void into(OpenBundle bundle) throws IOException, InterruptedException {
      if (key == null) {
        bundle.hold(value.getTimestamp().getMillis());
      } else {
        bundle.keys().add(key);
      }
      bundle.bundle().add(value);
    }
  }

  /**
   * A timer that fires.
   *
   * @param drained its id, if it fires because of a drain
   * @param timed its key and window, if it is one of processing time
   * @param expired its key and window, if the function is called because the window expires
   */
  record Fired(
      Key key,
      String family,
      WireTimer timer,
      HarnessTimers.@Nullable Id drained,
      OpenBundle.@Nullable KeyWindow timed,
      OpenBundle.@Nullable KeyWindow expired)
      implements BundleItem {
    @Override
    public void into(OpenBundle bundle) throws IOException {
      bundle.keys().add(key);
      if (drained != null) {
        bundle.drained().add(drained);
      }
      if (timed != null) {
        bundle.timed().add(timed);
      }
      if (expired != null) {
        bundle.expired().add(expired);
      }
      bundle.bundle().add(family, timer);
    }
  }
}
