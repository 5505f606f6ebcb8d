package dev.tidemark.portability.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * The runner's end of one bundle in an {@link SdkWorker}.
 *
 * <p>Thread-safe, though meant for one thread. Nothing here blocks but {@link #data}, which waits
 * while the worker's data stream is not ready for more.
 */
public interface WorkerBundle {

  /** Its instruction id, unique in the server. */
  String instructionId();

  /**
   * Whether the worker's data stream takes more now. If not, {@link BundleEvent.Ready} comes when it
   * does; the caller answers state requests meanwhile, without which the worker may not go on.
   */
  default boolean ready() {
    return true;
  }

  /**
   * Sends encoded elements to a {@code beam:runner:source:v1} of the descriptor; waits while the
   * stream takes no more, unless the bundle has ended.
   *
   * @param transformId the source's id
   * @param elements one or more whole elements, one after the other
   */
  void data(String transformId, ByteString elements) throws InterruptedException;

  /** Sends encoded timers of a family to a transform of the descriptor. */
  void timers(String transformId, String familyId, ByteString timers) throws InterruptedException;

  /** Ends the input of a source; no data may follow. */
  void endOfData(String transformId);

  /** Ends the timers of a family; none may follow. */
  void endOfTimers(String transformId, String familyId);

  /** Answers a state request; the response's id is that of the request. */
  void respond(BeamFnApi.StateResponse response);

  /** Asks the worker to split the bundle; the answer comes as {@link BundleEvent.Split}. */
  void split(BeamFnApi.ProcessBundleSplitRequest request);

  /** Asks how far the worker has come; the answer comes as {@link BundleEvent.Progress}. */
  void progress();

  /** Gives the bundle up: no further event comes; what still arrives of it is dropped. */
  void forget();
}
