package dev.tidemark.runner.state.directory;

import dev.tidemark.runner.state.DiskSync;
import dev.tidemark.runner.state.StateException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Named copies of the store of a job.
 *
 * <p>Immutable; two of one name are not to be made at the same time.
 *
 * @param folder with a folder for each; may not be there yet
 */
public record Snapshots(Path folder) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");
  private static final String UNFINISHED = ".unfinished-";

  /**
   * A copy.
   *
   * <p>Immutable.
   *
   * @param name its name
   * @param taken when it was made
   * @param bytes of its files; many are shared with the store
   */
  public record Snapshot(String name, Instant taken, long bytes) {}

  /**
   * Makes a copy, which is there as a whole or not at all.
   *
   * @param name letters, digits, {@code _}, {@code .} and {@code -}
   * @param copy makes the copy in a folder that is not there yet
   * @return where it is
   * @throws StateException if the name will not do or is taken, or the copy cannot be made
   */
  public Path take(String name, Consumer<Path> copy) {
    if (!NAME.matcher(name).matches()) {
      throw new StateException(
          "\"" + name + "\" is no name for a snapshot: give letters, digits, _, . and -", null);
    }
    Path target = folder.resolve(name);
    if (Files.exists(target)) {
      throw new StateException("there is a snapshot " + target + " already", null);
    }
    Path unfinished = folder.resolve(UNFINISHED + name);
    try {
      PrivateFolders.createAll(folder);
      if (Files.exists(unfinished)) {
        PrivateFolders.delete(unfinished);
      }
      copy.accept(unfinished);
      DirectoryVersion.copy(folder.resolveSibling(""), unfinished);
      Files.move(unfinished, target);
      DiskSync.sync(folder);
      return target;
    } catch (IOException e) {
      throw new StateException("the snapshot " + target + " cannot be made: " + e, e);
    }
  }

  /**
   * The copies, by name.
   *
   * @throws StateException if they cannot be read
   */
  public List<Snapshot> list() {
    List<Snapshot> snapshots = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> copies = Files.newDirectoryStream(folder)) {
        for (Path copy : copies) {
          String name = copy.getFileName().toString();
          if (NAME.matcher(name).matches()) {
            PrivateFolders.Usage usage = PrivateFolders.usage(copy);
            snapshots.add(
                new Snapshot(name, Files.getLastModifiedTime(copy).toInstant(), usage.bytes()));
          }
        }
      } catch (IOException e) {
        throw new StateException("the snapshots in " + folder + " cannot be read: " + e, e);
      }
    }
    snapshots.sort(Comparator.comparing(Snapshot::name));
    return snapshots;
  }

  /**
   * Removes a copy; the store and other copies keep what they share with it.
   *
   * @throws StateException if there is none of that name, or it cannot be removed
   */
  public void remove(String name) {
    Path copy = folder.resolve(name);
    if (!NAME.matcher(name).matches() || !Files.isDirectory(copy)) {
      throw new StateException(folder + " has no snapshot \"" + name + "\"", null);
    }
    Path unfinished = folder.resolve(UNFINISHED + name);
    try {
      if (Files.exists(unfinished)) {
        PrivateFolders.delete(unfinished);
      }
      Files.move(copy, unfinished);
      // Else a loss of power may leave some of its files under its name.
      DiskSync.sync(folder);
      PrivateFolders.delete(unfinished);
    } catch (IOException e) {
      throw new StateException("the snapshot " + copy + " cannot be removed: " + e, e);
    }
  }

  /**
   * Gives a directory in which there is no store yet that of a snapshot, as a whole or not at all.
   * Files that never change are shared where the file system can do that.
   *
   * @param snapshot its folder, as {@link #take} returned it
   * @throws StateException if the directory has a store, or there is no snapshot, or it cannot be
   *     copied
   */
  public static void restore(Path snapshot, StateDirectory directory) {
    if (directory.hasStore()) {
      throw new StateException(
          directory.path()
              + " has state already, which a snapshot cannot replace: start from the snapshot in "
              + "a new directory",
          null);
    }
    if (!Files.isRegularFile(snapshot.resolve("CURRENT"))) {
      throw new StateException(snapshot + " is no snapshot", null);
    }
    Path unfinished = directory.path().resolve(UNFINISHED + "store");
    try {
      DirectoryVersion.checkSnapshot(snapshot);
      if (Files.exists(unfinished)) {
        PrivateFolders.delete(unfinished);
      }
      PrivateFolders.create(unfinished);
      copy(snapshot, unfinished);
      DiskSync.sync(unfinished);
      Files.move(unfinished, directory.store());
      DiskSync.sync(directory.path());
    } catch (IOException e) {
      throw new StateException(
          "the snapshot " + snapshot + " cannot be copied to " + directory.path() + ": " + e, e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        if (DirectoryVersion.is(file)) {
          continue;
        }
        Path target = to.resolve(file.getFileName().toString());
        if (!file.toString().endsWith(".sst") || !link(file, target)) {
          Files.copy(file, target);
          DiskSync.sync(target);
        }
      }
    }
  }

  private static boolean link(Path file, Path target) {
    try {
      Files.createLink(target, file);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      // On another file system, or on one without links.
      return false;
    }
  }
}
