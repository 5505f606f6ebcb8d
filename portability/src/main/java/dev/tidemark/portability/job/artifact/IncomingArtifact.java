package dev.tidemark.portability.job.artifact;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/** A file that is being received. Not thread-safe. */
final class IncomingArtifact implements AutoCloseable {
  private final ArtifactFolder folder;
  private final Path file;
  private final OutputStream out;
  private final MessageDigest digest;
  private long bytes;
  private boolean kept;

  /** Writes into a file that is there and empty. */
  IncomingArtifact(ArtifactFolder folder, Path file) throws IOException {
    this.folder = folder;
    this.file = file;
    this.out = Files.newOutputStream(file);
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** Appends. */
  void write(ByteString chunk) throws IOException, ArtifactRefusedException {
    folder.reserve(chunk.size());
    bytes += chunk.size();
    chunk.writeTo(out);
    chunk.asReadOnlyByteBufferList().forEach(digest::update);
  }

  /** The content is complete; nothing may follow. */
  ArtifactFolder.Content finish() throws IOException {
    out.close();
    kept = true;
    return folder.keep(
        new ArtifactFolder.Content(HexFormat.of().formatHex(digest.digest()), bytes, file));
  }

  /** Drops what was received, unless it was complete. */
  @Override
  public void close() throws IOException {
    if (!kept) {
      kept = true;
      out.close();
      folder.drop(file, bytes);
    }
  }
}
