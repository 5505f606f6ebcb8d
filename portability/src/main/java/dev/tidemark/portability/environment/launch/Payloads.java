package dev.tidemark.portability.environment.launch;

import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Message;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Parser;
import org.jspecify.annotations.Nullable;

/** What environments say about themselves. */
final class Payloads {
  private Payloads() {}

  /** The payload of an environment; null if it is not one. */
  static <M extends Message> @Nullable M parse(
      RunnerApi.Environment environment, Parser<M> parser) {
    try {
      return parser.parseFrom(environment.getPayload());
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
  }

  /** What to say about a payload that is none. */
  static String unreadable(RunnerApi.Environment environment) {
    return "the payload of an environment of type " + environment.getUrn() + " cannot be read";
  }

  /** The image of a container environment; empty if it has none. */
  static String image(RunnerApi.Environment environment) {
    RunnerApi.DockerPayload payload = parse(environment, RunnerApi.DockerPayload.parser());
    return payload == null ? "" : payload.getContainerImage();
  }
}
