package dev.tidemark.runner.state.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.runner.state.StateException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * How another process asks a running job for a snapshot: by a file in the job's directory, which is
 * answered by a file. A request is there as a whole or not at all, is taken once, and not after its
 * time.
 *
 * <p>Immutable; one job answers at a time, any number of processes ask.
 *
 * @param folder of the files; may not be there yet
 */
public record SnapshotRequests(Path folder) {
  private static final String REQUEST = ".request";
  private static final String TAKEN = ".taken";
  private static final String ANSWER = ".answer";
  private static final String UNFINISHED = ".new";
  private static final String DONE = "done ";
  private static final String FAILED = "failed ";
  private static final int MOST_BYTES = 10_000;

  /** Waits a little. */
  @FunctionalInterface
  public interface Pause {
    void run() throws InterruptedException;
  }

  /**
   * Asks the job for a snapshot and waits for it.
   *
   * @param name of the snapshot
   * @param timeoutMillis how long the job may take
   * @param clock the time in milliseconds, the same for all processes
   * @param pause waits before the folder is looked at again
   * @return where the snapshot is
   * @throws StateException if the job refuses, or does not answer in time
   */
  public Path ask(String name, long timeoutMillis, LongSupplier clock, Pause pause)
      throws InterruptedException {
    String id = UUID.randomUUID().toString();
    long deadline = clock.getAsLong() + timeoutMillis;
    try {
      PrivateFolders.createAll(folder);
      write(id, REQUEST, deadline + " " + name);
      Path answer = folder.resolve(id + ANSWER);
      while (!Files.exists(answer)) {
        // Who withdraws it in time will not be answered.
        if (clock.getAsLong() >= deadline && Files.deleteIfExists(folder.resolve(id + REQUEST))) {
          throw new StateException(
              "the job has not answered within "
                  + timeoutMillis
                  + " ms, and no snapshot was taken. If it has ended, try again; if it runs, does"
                  + " its process get on?",
              null);
        }
        pause.run();
      }
      String text = read(answer);
      Files.deleteIfExists(answer);
      if (!text.startsWith(DONE)) {
        throw new StateException("the job takes no snapshot: " + withoutFirstWord(text), null);
      }
      return Path.of(withoutFirstWord(text));
    } catch (IOException e) {
      throw new StateException("the job cannot be asked in " + folder + ": " + e, e);
    }
  }

  /**
   * Answers the requests that are there.
   *
   * @param clock the time in milliseconds
   * @param snapshot takes a snapshot of a name, and returns where it is
   * @throws StateException if the folder cannot be read or written
   */
  public void answer(LongSupplier clock, Function<String, Path> snapshot) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> requests = Files.newDirectoryStream(folder, "*" + REQUEST)) {
      for (Path request : requests) {
        String file = request.getFileName().toString();
        String id = file.substring(0, file.length() - REQUEST.length());
        Path taken = folder.resolve(id + TAKEN);
        try {
          Files.move(request, taken, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
          continue; // It was withdrawn.
        }
        String answer = answer(read(taken), clock.getAsLong(), snapshot);
        if (answer != null) {
          write(id, ANSWER, answer);
        }
        Files.deleteIfExists(taken);
      }
    } catch (IOException e) {
      throw new StateException("requests in " + folder + " cannot be answered: " + e, e);
    }
  }

  /** Null if nobody waits for the answer. */
  private static String answer(String request, long now, Function<String, Path> snapshot) {
    try {
      if (Long.parseLong(request.split(" ", 2)[0]) < now) {
        return FAILED + "it was asked too long ago";
      }
      return DONE + snapshot.apply(withoutFirstWord(request));
    } catch (RuntimeException e) {
      return FAILED + e.getMessage();
    }
  }

  private static String withoutFirstWord(String text) {
    return text.substring(text.indexOf(' ') + 1);
  }

  /** Removes what those have left who asked or answered and were killed; requests stay. */
  void tidy() throws IOException {
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> left =
          Files.newDirectoryStream(folder, "*{" + TAKEN + "," + ANSWER + "," + UNFINISHED + "}")) {
        for (Path file : left) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private void write(String id, String kind, String text) throws IOException {
    Path unfinished = folder.resolve(id + kind + UNFINISHED);
    Files.writeString(unfinished, text);
    Files.move(unfinished, folder.resolve(id + kind), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MOST_BYTES), UTF_8);
    }
  }
}
