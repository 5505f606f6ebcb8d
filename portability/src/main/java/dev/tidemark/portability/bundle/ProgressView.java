package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorker;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;

/**
 * Shows what the bundle in hand has counted so far.
 *
 * <p>Owned by the lane.
 */
interface ProgressView {
  /** Shows nothing. */
  ProgressView NONE =
      new ProgressView() {
        @Override
        public void show(
            SdkWorker worker, BeamFnApi.ProcessBundleProgressResponse progress, HarnessPlan plan) {}

        @Override
        public void clear() {}
      };

  /** What a worker has said of the bundle, in place of what it said before. */
  void show(SdkWorker worker, BeamFnApi.ProcessBundleProgressResponse progress, HarnessPlan plan);

  /** There is no bundle in hand. */
  void clear();
}
