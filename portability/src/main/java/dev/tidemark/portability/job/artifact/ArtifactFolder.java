package dev.tidemark.portability.job.artifact;

import dev.tidemark.runner.exchange.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The files of one job, each content once. The folder is made when the first file is, is its
 * owner's only, and goes with {@link #close}, or after a crash with {@link #removeLeftovers}.
 *
 * <p>Thread-safe.
 */
public final class ArtifactFolder implements AutoCloseable {

  /** Content that is complete. */
  record Content(String sha256, long bytes, Path file) {}

  private final ScratchFolder folder;
  private final long maxBytes;
  private final Map<String, Content> bySha256 = new HashMap<>();
  private long bytes;

  /**
   * A folder that will be made in another one.
   *
   * @param parent is made as well if need be
   * @param maxBytes what all files of the job may take together
   */
  public ArtifactFolder(Path parent, long maxBytes) {
    this.folder = new ScratchFolder(parent);
    this.maxBytes = maxBytes;
  }

  /** Removes the folders that processes which are gone have left in {@code parent}. */
  public static void removeLeftovers(Path parent) {
    new ScratchFolder(parent).removeLeftovers();
  }

  /** A file to be written. */
  IncomingArtifact receive() throws IOException {
    return new IncomingArtifact(this, folder.createFile());
  }

  /** Takes room for bytes that are about to be written. */
  synchronized void reserve(long more) throws ArtifactRefusedException {
    if (more > maxBytes - bytes) {
      throw ArtifactRefusedException.tooMuch(
          "the artifacts of one job may have %d bytes together, and these have more; the server's option is --artifact-quota-mb"
              .formatted(maxBytes));
    }
    bytes += more;
  }

  /** Keeps a complete file, unless there is one of the same content already. */
  synchronized Content keep(Content content) throws IOException {
    Content same = bySha256.putIfAbsent(content.sha256(), content);
    if (same == null) {
      return content;
    }
    drop(content.file(), content.bytes());
    return same;
  }

  /** Removes a file for which room was taken. */
  synchronized void drop(Path file, long reserved) throws IOException {
    bytes -= reserved;
    Files.deleteIfExists(file);
  }

  /** Removes all files; none can be made any more. */
  @Override
  public void close() throws IOException {
    folder.close();
  }
}
