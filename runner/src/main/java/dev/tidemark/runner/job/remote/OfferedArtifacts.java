package dev.tidemark.runner.job.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * The files that a pipeline names as its artifacts: those a server may read, and no others.
 *
 * <p>Immutable.
 */
final class OfferedArtifacts {
  private static final String FILE = "beam:artifact:type:file:v1";

  private final Set<ArtifactInformation> offered;

  /** Those of all environments of a pipeline. */
  OfferedArtifacts(RunnerApi.Pipeline pipeline) {
    Set<ArtifactInformation> all = new HashSet<>();
    pipeline
        .getComponents()
        .getEnvironmentsMap()
        .values()
        .forEach(environment -> all.addAll(environment.getDependenciesList()));
    this.offered = Set.copyOf(all);
  }

  /**
   * What artifacts are to be fetched in place of those asked for: themselves.
   *
   * @throws IOException if one is not among those offered
   */
  List<ArtifactInformation> resolve(List<ArtifactInformation> wanted) throws IOException {
    for (ArtifactInformation artifact : wanted) {
      check(artifact);
    }
    return wanted;
  }

  /**
   * The content of an artifact; the caller closes it.
   *
   * @throws IOException if it is not among those offered, or cannot be read
   */
  InputStream open(ArtifactInformation wanted) throws IOException {
    check(wanted);
    return Files.newInputStream(file(wanted));
  }

  private void check(ArtifactInformation wanted) throws IOException {
    if (!offered.contains(wanted) || !wanted.getTypeUrn().equals(FILE)) {
      throw new IOException("the server asks for a file that this job does not offer");
    }
  }

  private static Path file(ArtifactInformation artifact) throws InvalidProtocolBufferException {
    return Path.of(RunnerApi.ArtifactFilePayload.parseFrom(artifact.getTypePayload()).getPath());
  }
}
