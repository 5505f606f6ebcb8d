package dev.tidemark.runner.job.remote;

import java.io.IOException;
import java.io.InputStream;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactStagingServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Channel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientCallStreamObserver;

/**
 * Answers what a server asks about the artifacts of a job, until it has them all. Sends as fast as
 * the server takes, so that no file is in memory as a whole.
 *
 * <p>Owned by the thread that calls {@link #run}.
 */
final class ArtifactUpload {
  private static final int CHUNK_BYTES = 1 << 20;

  private final OfferedArtifacts artifacts;
  private final ServerQuestions questions;
  private final ClientCallStreamObserver<ArtifactResponseWrapper> answers;

  private ArtifactUpload(OfferedArtifacts artifacts, Channel channel) {
    this.artifacts = artifacts;
    this.questions = new ServerQuestions();
    this.answers =
        (ClientCallStreamObserver<ArtifactResponseWrapper>)
            ArtifactStagingServiceGrpc.newStub(channel).reverseArtifactRetrievalService(questions);
  }

  /**
   * Uploads what the server asks for, and returns when it has everything.
   *
   * @param token the staging token of the prepared job
   * @throws org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException if the server
   *     refuses
   * @throws IOException if a file cannot be read, or is none of this job
   */
  static void run(Channel channel, String token, OfferedArtifacts artifacts)
      throws IOException, InterruptedException {
    ArtifactUpload upload = new ArtifactUpload(artifacts, channel);
    boolean complete = false;
    try {
      upload.run(token);
      complete = true;
    } finally {
      if (!complete) {
        upload.answers.cancel("The files of the job could not be staged", null);
      }
    }
  }

  private void run(String token) throws IOException, InterruptedException {
    answers.onNext(ArtifactResponseWrapper.newBuilder().setStagingToken(token).build());
    for (ArtifactRequestWrapper next = questions.take(); next != null; next = questions.take()) {
      answer(next);
    }
    answers.onCompleted();
  }

  private void answer(ArtifactRequestWrapper question) throws IOException, InterruptedException {
    switch (question.getRequestCase()) {
      case RESOLVE_ARTIFACT ->
          answers.onNext(
              ArtifactResponseWrapper.newBuilder()
                  .setResolveArtifactResponse(
                      ResolveArtifactsResponse.newBuilder()
                          .addAllReplacements(
                              artifacts.resolve(question.getResolveArtifact().getArtifactsList())))
                  .build());
      case GET_ARTIFACT -> send(question.getGetArtifact().getArtifact());
      default -> throw new IOException("the server asks for something unknown");
    }
  }

  private void send(ArtifactInformation artifact) throws IOException, InterruptedException {
    try (InputStream in = artifacts.open(artifact)) {
      for (ByteString chunk = read(in); !chunk.isEmpty(); chunk = read(in)) {
        questions.awaitReadiness(answers);
        answers.onNext(chunk(chunk, false));
      }
    }
    answers.onNext(chunk(ByteString.EMPTY, true));
  }

  private static ByteString read(InputStream in) throws IOException {
    return ByteString.copyFrom(in.readNBytes(CHUNK_BYTES));
  }

  private static ArtifactResponseWrapper chunk(ByteString data, boolean last) {
    return ArtifactResponseWrapper.newBuilder()
        .setGetArtifactResponse(GetArtifactResponse.newBuilder().setData(data))
        .setIsLast(last)
        .build();
  }
}
