package dev.tidemark.portability.worker;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;

/**
 * A running SDK harness, of any language, with its control and data streams.
 *
 * <p>Thread-safe.
 */
public interface SdkWorker {

  /** Its id: 128 random bits, also its token. */
  String id();

  /** Whether it can take bundles: connected, and neither its process nor a stream has ended. */
  boolean alive();

  /**
   * Makes a descriptor known, which the worker fetches by its id. The service descriptors in it,
   * for state, timers, and the ports of its sources and sinks, are filled in here.
   *
   * @param descriptor with an id that is unique in the server; the same id again is ignored
   */
  void register(BeamFnApi.ProcessBundleDescriptor descriptor);

  /**
   * Asks for a bundle. Its outputs, state requests and end arrive as events, in the order in which
   * they came per stream; none comes after {@link BundleEvent.Ended}.
   *
   * @param request with the id of a registered descriptor and the cache tokens; perhaps with the
   *     whole input, whose instruction ids are filled in here
   * @param events takes the events on the threads of the network: it must not block
   */
  WorkerBundle start(BeamFnApi.ProcessBundleRequest request, Consumer<? super BundleEvent> events);

  /**
   * Sends an instruction other than a bundle: finalization, metadata of monitoring infos, samples.
   *
   * @param request without an instruction id, which is chosen here
   * @return the response, which may hold an error; fails with {@link WorkerLostException} if the
   *     worker is lost before it answers
   */
  CompletableFuture<BeamFnApi.InstructionResponse> ask(BeamFnApi.InstructionRequest request);

  /**
   * What the worker says about itself: its threads and bundles, in a text for people. Fails with
   * {@link WorkerLostException} if it is lost, or does not offer that.
   */
  CompletableFuture<String> status();

  /**
   * Ends the worker, because it cannot be trusted any more; its bundles end as lost.
   *
   * @return how it was lost, with its last words; the first reason counts
   */
  String abandon(String reason);
}
