package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchedWorker;
import dev.tidemark.portability.environment.process.ChildProcess;
import dev.tidemark.portability.environment.process.PrivateFolder;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A worker that is a child process with a folder.
 *
 * <p>Thread-safe.
 */
final class WorkerProcess implements LaunchedWorker {
  private final ChildProcess child;
  private final Path folder;

  WorkerProcess(ChildProcess child, Path folder) {
    this.child = child;
    this.folder = folder;
  }

  @Override
  public CompletableFuture<String> ended() {
    return child
        .ended()
        .thenApply(
            status -> {
              String last = child.lastWords();
              return child.describe(status)
                  + (last.isEmpty() ? "" : "; its last output:\n" + last + "\n");
            });
  }

  @Override
  public boolean watched() {
    return true;
  }

  @Override
  public String lastWords() {
    return child.lastWords();
  }

  @Override
  public void requestEnd() {
    child.requestEnd();
  }

  @Override
  public void close() {
    child.close();
    removeQuietly(folder);
  }

  /** Removes what is left of a folder; as a rule its guard has done so. */
  static void removeQuietly(Path folder) {
    try {
      PrivateFolder.remove(folder);
    } catch (IOException e) {
      System.getLogger(WorkerProcess.class.getName())
          .log(Level.WARNING, "The folder of a worker cannot be removed: " + e);
    }
  }
}
