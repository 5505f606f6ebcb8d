package dev.tidemark.portability.job.artifact;

import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The staging of one job: a client may try as often as it likes until all artifacts are there, with
 * one stream at a time.
 *
 * <p>Thread-safe.
 */
public final class Staging implements AutoCloseable {
  private final DeclaredArtifacts declared;
  private final ArtifactFolder folder;
  private final Supplier<String> ids;
  private @Nullable StagingSession live;
  private @Nullable StagedArtifacts complete;
  private String failure = "the client has not staged them yet";

  /**
   * A staging that nobody has begun.
   *
   * @param declared what the pipeline asks for
   * @param folder belongs to the staging from now on
   * @param ids gives out ids that nobody can guess; thread-safe
   */
  public Staging(DeclaredArtifacts declared, ArtifactFolder folder, Supplier<String> ids) {
    this.declared = declared;
    this.folder = folder;
    this.ids = ids;
    if (declared.none()) {
      complete = StagedArtifacts.NONE;
    }
  }

  /**
   * The artifacts of the job.
   *
   * @throws ArtifactRefusedException if they are not there, with what went wrong
   */
  public synchronized StagedArtifacts artifacts() throws ArtifactRefusedException {
    StagedArtifacts artifacts = complete;
    if (artifacts == null) {
      throw ArtifactRefusedException.invalid("The job's artifacts are missing: " + failure + ".");
    }
    return artifacts;
  }

  /** Begins, or begins anew. */
  synchronized StagingSession begin() throws ArtifactRefusedException {
    if (live != null) {
      throw ArtifactRefusedException.invalid("another stream with this token is open");
    }
    StagingSession session = new StagingSession(declared, folder, ids);
    live = session;
    return session;
  }

  /** A session has got everything. */
  synchronized void completed(StagingSession session, StagedArtifacts artifacts) {
    if (live == session) {
      live = null;
      complete = artifacts;
    }
  }

  /** A session has ended without having got everything. */
  synchronized void failed(StagingSession session, String reason) throws IOException {
    if (live == session) {
      live = null;
      failure = reason;
      session.close();
    }
  }

  /** Removes the job's files. */
  @Override
  public void close() throws IOException {
    folder.close();
  }
}
