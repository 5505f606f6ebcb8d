package dev.tidemark.portability.job.artifact;

import java.nio.file.Path;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * An artifact that lies in the folder of its job.
 *
 * <p>Immutable.
 *
 * @param id 128 random bits as text: who knows it and belongs to the job may have the artifact
 * @param name what a worker is to call the file: a base name, unique in its environment
 * @param roleUrn what the worker does with it
 * @param rolePayload belongs to the role
 * @param sha256 of the content, hexadecimal
 * @param bytes the content's size
 * @param file where the content lies, under another name; never to be changed
 */
public record StagedArtifact(
    String id,
    String name,
    String roleUrn,
    ByteString rolePayload,
    String sha256,
    long bytes,
    Path file) {

  /** What stands for it in the pipeline and on the way to workers. */
  public RunnerApi.ArtifactInformation reference() {
    return RunnerApi.ArtifactInformation.newBuilder()
        .setTypeUrn(ArtifactUrns.DEFERRED)
        .setTypePayload(
            RunnerApi.DeferredArtifactPayload.newBuilder()
                .setKey("tidemark")
                .setData(ByteString.copyFromUtf8(id))
                .build()
                .toByteString())
        .setRoleUrn(roleUrn)
        .setRolePayload(rolePayload)
        .build();
  }
}
