package dev.tidemark.portability.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * The runner's end of one bundle in an {@link SdkWorker}.
 *
 * <p>Thread-safe, though meant for one thread. Nothing here waits: who sends data must go on
 * answering state requests meanwhile, as the worker may need the answer before it takes more. So
 * back-pressure is a question, {@link #ready}, and an event, {@link BundleEvent.Ready}.
 *
 * <p>Who starts a bundle forgets it in the end, however it ended: until then the worker keeps it.
 */
public interface WorkerBundle {

  /** Its instruction id, unique in the server. */
  String instructionId();

  /**
   * Whether the worker takes more data and timers now. If not, {@link BundleEvent.Ready} follows as
   * soon as it does; what is sent nevertheless waits in memory. True for a bundle that has ended.
   */
  boolean ready();

  /**
   * Sends encoded elements to a {@code beam:runner:source:v1} of the descriptor, as one message.
   *
   * @param transformId the source's id
   * @param elements one or more whole elements, one after the other
   */
  void data(String transformId, ByteString elements);

  /**
   * Sends encoded elements and ends the input in one message: some harnesses take messages at the
   * same time, and an end that comes by itself may overtake the elements before it.
   *
   * @param transformId the source's id
   * @param elements one or more whole elements, one after the other
   */
  void lastData(String transformId, ByteString elements);

  /** Sends encoded timers of a family to a transform of the descriptor. */
  void timers(String transformId, String familyId, ByteString timers);

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
