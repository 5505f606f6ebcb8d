package dev.tidemark.runner.faults;

import dev.tidemark.runner.faults.DiskOperation.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What becomes of changes that were not synced when the power was lost. Names in a folder change in
 * their order, as file systems with a journal have it, and as RocksDB counts on; contents in any,
 * and whatever becomes of names.
 */
sealed interface Loss {

  /** All of them are there, as after the end of the process alone. */
  record Nothing() implements Loss {}

  /** None of them is there. */
  record Everything() implements Loss {}

  /**
   * All are there, but the last write to each file is cut.
   *
   * @param thousandths of its bytes that are left; at least one byte is, and one is not
   */
  record Cut(int thousandths) implements Loss {}

  /**
   * Contents change in their order, up to some point; the write at that point is cut, or ends in
   * zeros, or in garbage.
   */
  record Torn(Random random) implements Loss {}

  /** Any change of a file may be there, and an earlier one not. */
  record Reordered(Random random) implements Loss {}

  /** The changes of names that are there. */
  default <T> List<T> names(List<T> changes) {
    return this instanceof Reordered reordered
        ? changes.subList(0, reordered.random().nextInt(changes.size() + 1))
        : some(changes);
  }

  private <T> List<T> some(List<T> changes) {
    if (this instanceof Everything) {
      return List.of();
    } else if (this instanceof Torn torn) {
      return changes.subList(0, torn.random().nextInt(changes.size() + 1));
    } else if (this instanceof Reordered reordered) {
      return changes.stream().filter(any -> reordered.random().nextBoolean()).toList();
    }
    return changes;
  }

  /** The changes of a file's contents that are there. */
  default List<DiskOperation> contents(List<DiskOperation> changes) {
    List<DiskOperation> kept = new ArrayList<>(some(changes));
    int next = kept.size();
    if (this instanceof Torn torn
        && next < changes.size()
        && changes.get(next) instanceof Write write) {
      kept.add(tear(write, torn.random()));
    } else if (this instanceof Cut cut
        && !kept.isEmpty()
        && kept.get(next - 1) instanceof Write write) {
      int length = write.data().length;
      int left = Math.max(1, Math.min(length - 1, length * cut.thousandths() / 1000));
      kept.set(
          next - 1, new Write(write.path(), write.offset(), Arrays.copyOf(write.data(), left)));
    }
    return kept;
  }

  private static Write tear(Write write, Random random) {
    int left = random.nextInt(write.data().length + 1);
    byte[] data = Arrays.copyOf(write.data(), left);
    switch (random.nextInt(3)) {
      case 0 -> data = Arrays.copyOf(data, write.data().length);
      case 1 -> {
        byte[] garbage = new byte[write.data().length];
        random.nextBytes(garbage);
        System.arraycopy(data, 0, garbage, 0, left);
        data = garbage;
      }
      default -> {
        // Nothing is there of the rest.
      }
    }
    return new Write(write.path(), write.offset(), data);
  }
}
