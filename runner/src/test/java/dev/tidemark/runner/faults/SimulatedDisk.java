package dev.tidemark.runner.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory, which promises no more than POSIX does: contents are there for good when the
 * file was synced, names when their folder was. What a loss of power leaves of the rest is decided
 * by a {@link Loss}.
 *
 * <p>Owned by one thread.
 */
final class SimulatedDisk {
  private final Folder root = new Folder();

  private sealed interface Entry {}

  /** What is synced of a file, and the changes since then, in their order. */
  private static final class File implements Entry {
    byte[] synced = new byte[0];
    final List<DiskOperation> changes = new ArrayList<>();

    void sync() {
      for (DiskOperation change : changes) {
        synced = apply(synced, change);
      }
      changes.clear();
    }
  }

  /** The names in a folder, those that are synced, and the changes in between. */
  private static final class Folder implements Entry {
    final Map<String, Entry> now = new TreeMap<>();
    final Map<String, Entry> synced = new TreeMap<>();
    final List<Map<String, @Nullable Entry>> changes = new ArrayList<>();

    void change(Map<String, @Nullable Entry> change) {
      apply(now, change);
      changes.add(change);
    }

    void sync() {
      synced.clear();
      synced.putAll(now);
      changes.clear();
    }

    static void apply(Map<String, Entry> names, Map<String, @Nullable Entry> change) {
      change.forEach(
          (name, entry) -> {
            if (entry == null) {
              names.remove(name);
            } else {
              names.put(name, entry);
            }
          });
    }
  }

  /** Does an operation. */
  void apply(DiskOperation operation) {
    if (operation instanceof DiskOperation.Create create) {
      name(create.path(), new File());
    } else if (operation instanceof DiskOperation.CreateFolder create) {
      name(create.path(), new Folder());
    } else if (operation instanceof DiskOperation.Remove remove) {
      name(remove.path(), null);
    } else if (operation instanceof DiskOperation.Write write) {
      file(write.path()).changes.add(write);
    } else if (operation instanceof DiskOperation.Truncate truncate) {
      file(truncate.path()).changes.add(truncate);
    } else if (operation instanceof DiskOperation.Link link) {
      name(link.to(), find(link.from()));
    } else if (operation instanceof DiskOperation.Rename rename) {
      rename(rename.from(), rename.to());
    } else if (operation instanceof DiskOperation.Sync sync) {
      if (find(sync.path()) instanceof File file) {
        file.sync();
      } else {
        ((Folder) find(sync.path())).sync();
      }
    }
  }

  private void rename(String from, String to) {
    if (!parent(from).equals(parent(to))) {
      throw new IllegalArgumentException(from + " goes to another folder, " + to);
    }
    Map<String, @Nullable Entry> both = new HashMap<>();
    both.put(last(from), null);
    both.put(last(to), find(from));
    ((Folder) find(parent(from))).change(both);
  }

  private void name(String path, @Nullable Entry entry) {
    Map<String, @Nullable Entry> change = new HashMap<>();
    change.put(last(path), entry);
    ((Folder) find(parent(path))).change(change);
  }

  private File file(String path) {
    return (File) find(path);
  }

  private Entry find(String path) {
    Entry entry = root;
    for (String name : path.isEmpty() ? new String[0] : path.split("/", -1)) {
      Entry next = entry instanceof Folder folder ? folder.now.get(name) : null;
      if (next == null) {
        throw new IllegalArgumentException("there is no " + path);
      }
      entry = next;
    }
    return entry;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * What is there after the power was lost.
   *
   * @return the contents of files by their paths; null for folders
   */
  Map<String, byte @Nullable []> after(Loss loss) {
    Map<String, byte @Nullable []> left = new TreeMap<>();
    add(root, "", loss, left);
    return left;
  }

  private static void add(
      Folder folder, String path, Loss loss, Map<String, byte @Nullable []> left) {
    Map<String, Entry> names = new TreeMap<>(folder.synced);
    loss.names(folder.changes).forEach(change -> Folder.apply(names, change));
    names.forEach(
        (name, entry) -> {
          String inner = path.isEmpty() ? name : path + "/" + name;
          if (entry instanceof Folder inside) {
            left.put(inner, null);
            add(inside, inner, loss, left);
          } else {
            File file = (File) entry;
            byte[] content = file.synced;
            for (DiskOperation change : loss.contents(file.changes)) {
              content = apply(content, change);
            }
            left.put(inner, content);
          }
        });
  }

  private static byte[] apply(byte[] before, DiskOperation change) {
    if (change instanceof DiskOperation.Truncate truncate) {
      return Arrays.copyOf(before, Math.toIntExact(truncate.size()));
    }
    DiskOperation.Write write = (DiskOperation.Write) change;
    int end = Math.toIntExact(write.offset() + write.data().length);
    // What was never written reads as zeros.
    byte[] after = Arrays.copyOf(before, Math.max(before.length, end));
    System.arraycopy(write.data(), 0, after, (int) write.offset(), write.data().length);
    return after;
  }
}
