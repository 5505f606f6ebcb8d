package dev.tidemark.portability.job.artifact;

import java.util.function.Consumer;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/** Environments that are a choice of others, each of which has dependencies of its own. */
final class Alternatives {
  private static final String ANY_OF = "beam:env:anyof:v1";

  private Alternatives() {}

  /** Shows an environment and its alternatives; there are none within alternatives. */
  static void visit(
      RunnerApi.Environment environment, Consumer<? super RunnerApi.Environment> visitor) {
    visitor.accept(environment);
    of(environment).getEnvironmentsList().forEach(visitor);
  }

  /** Replaces the dependencies of an environment and of its alternatives. */
  static RunnerApi.Environment withDependencies(
      RunnerApi.Environment environment, Iterable<RunnerApi.ArtifactInformation> dependencies) {
    RunnerApi.Environment.Builder changed =
        environment.toBuilder().clearDependencies().addAllDependencies(dependencies);
    if (environment.getUrn().equals(ANY_OF)) {
      RunnerApi.AnyOfEnvironmentPayload.Builder choice = of(environment).toBuilder();
      choice
          .getEnvironmentsBuilderList()
          .forEach(each -> each.clearDependencies().addAllDependencies(dependencies));
      changed.setPayload(choice.build().toByteString());
    }
    return changed.build();
  }

  private static RunnerApi.AnyOfEnvironmentPayload of(RunnerApi.Environment environment) {
    if (environment.getUrn().equals(ANY_OF)) {
      try {
        return RunnerApi.AnyOfEnvironmentPayload.parseFrom(environment.getPayload());
      } catch (InvalidProtocolBufferException e) {
        // Nothing can be started from it either, which is reported there.
      }
    }
    return RunnerApi.AnyOfEnvironmentPayload.getDefaultInstance();
  }
}
