package dev.tidemark.portability.bundle;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;

/**
 * What one try of a bundle sees and changes of the runner's state.
 *
 * <p>Owned by the lane.
 */
interface BundleState {
  /** For bundles that have no state. */
  BundleState NONE =
      new BundleState() {
        @Override
        public StateResponse answer(StateRequest request) {
          return StateResponse.newBuilder()
              .setId(request.getId())
              .setError("this bundle has no state")
              .build();
        }

        @Override
        public void commit() {}
      };

  /** The answer to a request, never null. */
  StateResponse answer(StateRequest request);

  /** Makes the changes take effect. */
  void commit();
}
