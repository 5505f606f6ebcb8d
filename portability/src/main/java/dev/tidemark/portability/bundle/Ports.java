package dev.tidemark.portability.bundle;

import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/** The transforms of a descriptor through which elements enter and leave a harness. */
final class Ports {
  static final String SOURCE = "beam:runner:source:v1";
  static final String SINK = "beam:runner:sink:v1";
  private static final String PORT = "port";

  private Ports() {}

  /**
   * A transform that takes the elements of a collection from the runner.
   *
   * @param coderId of its windowed elements, in the descriptor
   */
  static RunnerApi.PTransform source(String id, String collection, String coderId) {
    return port(id, SOURCE, coderId).putOutputs(PORT, collection).build();
  }

  /**
   * A transform that sends the elements of a collection to the runner.
   *
   * @param coderId of its windowed elements, in the descriptor
   */
  static RunnerApi.PTransform sink(String id, String collection, String coderId) {
    return port(id, SINK, coderId).putInputs(PORT, collection).build();
  }

  private static RunnerApi.PTransform.Builder port(String id, String urn, String coderId) {
    return RunnerApi.PTransform.newBuilder()
        .setUniqueName(id)
        .setSpec(
            RunnerApi.FunctionSpec.newBuilder()
                .setUrn(urn)
                .setPayload(
                    BeamFnApi.RemoteGrpcPort.newBuilder()
                        .setCoderId(coderId)
                        .build()
                        .toByteString()));
  }
}
