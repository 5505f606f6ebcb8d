package dev.tidemark.portability.server;

import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.job.artifact.StagedArtifacts;
import java.util.List;

/** The artifacts of a job as files for its workers. */
final class WorkerFiles {
  private WorkerFiles() {}

  /** Those of an environment, in the client's order. */
  static List<StagedFile> of(StagedArtifacts artifacts, String environmentId) {
    return artifacts.of(environmentId).stream()
        .map(
            artifact ->
                new StagedFile(
                    artifact.name(), artifact.roleUrn(), artifact.file(), artifact.sha256()))
        .toList();
  }
}
