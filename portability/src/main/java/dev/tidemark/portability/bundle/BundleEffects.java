package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.CollectionId;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands on what a bundle that came through has given: elements, metrics, and that it is to be
 * finalized.
 *
 * <p>Owned by the lane.
 */
final class BundleEffects {
  private static final Logger LOG = LoggerFactory.getLogger(BundleEffects.class);

  private final NodeContext context;
  private final BundleMetrics metrics;
  private final Map<String, Sink> sinks = new HashMap<>();

  /** Where the elements of a sink go, and how they are encoded. */
  private record Sink(Coder<WindowedValue<Object>> coder, OutputPort port) {}

  BundleEffects(NodeContext context, WireCoding coding, HarnessPlan plan, BundleMetrics metrics) {
    this.context = context;
    this.metrics = metrics;
    plan.sinks()
        .forEach(
            (id, collection) ->
                sinks.put(id, new Sink(coder(coding, collection), context.output(collection))));
  }

  private static Coder<WindowedValue<Object>> coder(WireCoding coding, CollectionId collection) {
    return Objects.requireNonNull(
        coding.outputs().get(collection), () -> "no output " + collection);
  }

  /**
   * Hands it on.
   *
   * @param plan what ran
   */
  void apply(BundleAttempt done, HarnessPlan plan) throws IOException, InterruptedException {
    metrics.add(done.worker(), done.response(), plan);
    if (done.response().getRequiresFinalization()) {
      SdkWorker worker = done.worker();
      String instruction = done.instructionId();
      context.afterCommit(
          Instant.ofEpochMilli(Timestamps.MAX), () -> finalizeBundle(worker, instruction));
    }
    BundleOutput.Elements next;
    while ((next = done.output().poll()) != null) {
      try {
        emit(Objects.requireNonNull(sinks.get(next.sink())), next.bytes().read());
      } finally {
        next.bytes().release();
      }
    }
  }

  private static void emit(Sink sink, ByteString elements) throws IOException {
    InputStream in = elements.newInput();
    while (in.available() > 0) {
      sink.port().accept(sink.coder().decode(in));
    }
  }

  /** Only the worker that ran the bundle knows what to call; what it answers changes nothing. */
  private void finalizeBundle(SdkWorker worker, String instruction) {
    String transform = context.node().fullName();
    var unused =
        worker
            .ask(
                BeamFnApi.InstructionRequest.newBuilder()
                    .setFinalizeBundle(
                        BeamFnApi.FinalizeBundleRequest.newBuilder().setInstructionId(instruction))
                    .build())
            .whenComplete(
                (response, failure) -> {
                  if (failure != null) {
                    LOG.warn("{}: a bundle was not finalized: {}", transform, failure.toString());
                  } else if (!response.getError().isEmpty()) {
                    LOG.warn("{}: a bundle's finalizer failed: {}", transform, response.getError());
                  }
                });
  }
}
