package dev.tidemark.portability.job.artifact;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.UnsafeByteOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a file as fast as the other side reads. Called by the server, one call after the other. */
final class FileStream {
  private static final Logger LOG = LoggerFactory.getLogger(FileStream.class);

  /** Clients take messages of 4 MiB unless they say otherwise. */
  private static final int CHUNK_BYTES = 1 << 20;

  private final InputStream in;
  private final ServerCallStreamObserver<GetArtifactResponse> chunks;
  private boolean sent;
  private boolean ended;

  private FileStream(InputStream in, ServerCallStreamObserver<GetArtifactResponse> chunks) {
    this.in = in;
    this.chunks = chunks;
  }

  /**
   * Starts to send; to be called by the handler of the method.
   *
   * @throws IOException if the file cannot be opened; nothing was sent then
   */
  static void start(Path file, ServerCallStreamObserver<GetArtifactResponse> chunks)
      throws IOException {
    FileStream stream = new FileStream(Files.newInputStream(file), chunks);
    chunks.setOnCancelHandler(stream::end);
    chunks.setOnReadyHandler(stream::send);
    stream.send();
  }

  private void send() {
    try {
      while (!ended && chunks.isReady()) {
        ByteString chunk = UnsafeByteOperations.unsafeWrap(in.readNBytes(CHUNK_BYTES));
        // Also an empty file has a message, so that there are headers before the end.
        if (!chunk.isEmpty() || !sent) {
          chunks.onNext(GetArtifactResponse.newBuilder().setData(chunk).build());
          sent = true;
        }
        if (chunk.size() < CHUNK_BYTES) {
          end();
          chunks.onCompleted();
        }
      }
    } catch (IOException e) {
      LOG.warn("An artifact could not be read", e);
      end();
      chunks.onError(
          Status.INTERNAL.withDescription("The artifact cannot be read").asRuntimeException());
    }
  }

  private void end() {
    ended = true;
    try {
      in.close();
    } catch (IOException e) {
      LOG.debug("An artifact was not closed", e);
    }
  }
}
