package dev.tidemark.runner.state.directory;

import dev.tidemark.runner.state.DiskSync;
import dev.tidemark.runner.state.StateException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The folder with the state directories of jobs that were given no place for theirs.
 *
 * <p>Immutable.
 *
 * @param folder may not be there yet
 */
public record StateHome(Path folder) {
  private static final String REMOVED = ".removed-";
  private static final int SHOWN = 100;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");

  /**
   * A state directory of the folder.
   *
   * <p>Immutable.
   *
   * @param name of the directory in the folder
   * @param lastUse when one of its files was last written
   * @param bytes of its files
   * @param inUse whether a process uses it
   */
  public record Entry(String name, Instant lastUse, long bytes, boolean inUse) {}

  /**
   * What is in the folder besides.
   *
   * <p>Immutable.
   *
   * @param count how many state directories there are
   * @param oldest when the one that was left the longest time ago was made or taken up; null if
   *     there is none
   */
  public record Others(int count, @Nullable Instant oldest) {}

  /**
   * The folder of a user: {@code tidemark/jobs} in {@code XDG_DATA_HOME}, or in {@code
   * .local/share} of the home folder.
   *
   * @param environment the variables of the process
   * @param userHome the home folder
   */
  public static StateHome of(Map<String, String> environment, Path userHome) {
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    // A relative path is to be ignored, as the specification of that variable says.
    Path base =
        Path.of(data).isAbsolute() ? Path.of(data) : userHome.resolve(".local").resolve("share");
    return new StateHome(base.resolve("tidemark").resolve("jobs"));
  }

  /** The folder of this user. */
  public static StateHome ofUser() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /**
   * The directory of a name that a user has chosen; it need not be there.
   *
   * @throws StateException if it is no name
   */
  public Path directory(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new StateException(
          "\""
              + (name.length() > SHOWN ? name.substring(0, SHOWN) + "..." : name)
              + "\" is no name for the state of a job: give up to 100 letters, digits, _, . and -",
          null);
    }
    return folder.resolve(name);
  }

  /**
   * The folder of a snapshot.
   *
   * @param nameAndSnapshot the names of a directory and of a snapshot in it, with a slash between
   * @throws StateException if these are no names, or there is no such snapshot
   */
  public Path snapshot(String nameAndSnapshot) {
    int slash = nameAndSnapshot.indexOf('/');
    Path directory = directory(nameAndSnapshot.substring(0, Math.max(0, slash)));
    String name = nameAndSnapshot.substring(slash + 1);
    return StateDirectory.snapshots(directory).list().stream()
        .filter(snapshot -> snapshot.name().equals(name))
        .findAny()
        .map(snapshot -> StateDirectory.snapshots(directory).folder().resolve(snapshot.name()))
        .orElseThrow(
            () -> new StateException("there is no snapshot \"" + nameAndSnapshot + "\"", null));
  }

  /** Whether a job uses a directory. */
  public boolean isInUse(Path directory) {
    return StateDirectory.isThere(directory) && DirectoryLock.isTaken(directory);
  }

  /**
   * Makes a directory that was not there, and opens it.
   *
   * @param jobName becomes a part of its name
   * @throws StateException if it cannot be made
   */
  public StateDirectory create(String jobName) {
    String name = jobName.replaceAll("[^A-Za-z0-9_-]+", "-");
    try {
      PrivateFolders.createAll(folder);
      for (int count = 1; ; count++) {
        Path directory = folder.resolve("job-" + name + (count == 1 ? "" : "-" + count));
        try {
          PrivateFolders.create(directory);
          return StateDirectory.open(directory);
        } catch (FileAlreadyExistsException e) {
          // The name is taken: the next one.
        }
      }
    } catch (IOException e) {
      throw new StateException(
          "no directory for the state of the job can be made in "
              + folder
              + ": "
              + e
              + ". Name one by --stateDir.",
          e);
    }
  }

  /**
   * The directories, those used last first.
   *
   * @throws StateException if the folder cannot be read
   */
  public List<Entry> list() {
    List<Entry> entries = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> directories =
          Files.newDirectoryStream(folder, StateDirectory::isThere)) {
        for (Path directory : directories) {
          String name = directory.getFileName().toString();
          if (!name.startsWith(REMOVED)) {
            entries.add(entry(directory, name));
          }
        }
      } catch (IOException e) {
        throw new StateException(folder + " cannot be read: " + e, e);
      }
    }
    entries.sort(Comparator.comparing(Entry::lastUse).reversed());
    return entries;
  }

  /**
   * How many directories there are, in use or not, apart from one. Disturbs nobody who opens them.
   *
   * @throws StateException if the folder cannot be read
   */
  public Others others(StateDirectory besides) {
    int count = 0;
    Instant oldest = null;
    try (DirectoryStream<Path> directories =
        Files.newDirectoryStream(folder, StateDirectory::isThere)) {
      for (Path directory : directories) {
        if (isName(directory.getFileName().toString())
            && !directory.toAbsolutePath().normalize().equals(besides.path())) {
          count++;
          Instant changed = Files.getLastModifiedTime(directory).toInstant();
          oldest = oldest == null || changed.isBefore(oldest) ? changed : oldest;
        }
      }
    } catch (IOException e) {
      throw new StateException(folder + " cannot be read: " + e, e);
    }
    return new Others(count, oldest);
  }

  private static Entry entry(Path directory, String name) throws IOException {
    boolean inUse = DirectoryLock.isTaken(directory);
    PrivateFolders.Usage usage = PrivateFolders.usage(directory);
    return new Entry(name, usage.changed(), usage.bytes(), inUse);
  }

  /**
   * Finds a directory, in the folder or elsewhere.
   *
   * @param nameOrPath its name in the folder, or its path
   * @throws StateException if there is none
   */
  public Path find(String nameOrPath) {
    Path inFolder = folder.resolve(nameOrPath);
    if (isName(nameOrPath) && StateDirectory.isThere(inFolder)) {
      return inFolder;
    }
    Path path = Path.of(nameOrPath);
    if (!StateDirectory.isThere(path)) {
      throw new StateException(
          "there is no state directory " + nameOrPath + ", nor one of that name in " + folder,
          null);
    }
    return path;
  }

  /**
   * Removes a directory with all that is in it.
   *
   * @param name as {@link #list} has it
   * @throws StateException if there is none of that name, a job uses it, or it cannot be removed
   */
  public void remove(String name) {
    Path directory = folder.resolve(name);
    if (!isName(name) || !StateDirectory.isThere(directory)) {
      throw new StateException(folder + " has no state directory \"" + name + "\".", null);
    }
    try {
      // Under another name first, in one step: half a directory is none.
      Path removed = folder.resolve(REMOVED + name);
      if (Files.exists(removed)) {
        PrivateFolders.delete(removed);
      }
      try (DirectoryLock lock = DirectoryLock.take(directory)) {
        Files.move(directory, removed);
        DiskSync.sync(folder);
        PrivateFolders.delete(removed);
      }
    } catch (IOException e) {
      throw new StateException(directory + " cannot be removed: " + e, e);
    }
  }

  private boolean isName(String name) {
    Path path = Path.of(name);
    return path.getNameCount() == 1
        && !path.isAbsolute()
        && !name.startsWith(REMOVED)
        && folder.equals(folder.resolve(path).normalize().getParent());
  }
}
