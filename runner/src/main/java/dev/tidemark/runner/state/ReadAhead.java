package dev.tidemark.runner.state;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads cells of one node from the store. Where one is not in memory, those of the keys that come
 * after it in the page at hand probably are not, either, and many are read together for less than
 * one by one.
 *
 * <p>How many is found out, for each kind of cell: more after some that were used, fewer after some
 * that were not, as with cells of a window that few elements of the page are in. What was read
 * holds until the epoch ends: what is committed meanwhile the lane still has in overlays, which it
 * asks first.
 *
 * <p>Owned by the lane.
 */
final class ReadAhead {
  private static final int MOST = 1024;

  /** How much is read at once, if the values are as large as those before. */
  private static final long MOST_BYTES = 1 << 20;

  /** Of how many kinds of cells is known how many to read. */
  private static final int KINDS = 16;

  /** What cells of different keys have in common. */
  private record Kind(StateTable table, Bytes suffix) {}

  /** How far the page was read for one kind, and how many at once. */
  private static final class Course {
    private int position;
    private int count = 1;
    private int read;
    private int unused;
    private long bytes;

    /** How many to read now. */
    int next() {
      if (unused * 2 > read) {
        count = Math.max(1, count / 2);
      } else if (read >= count) {
        count = Math.min(MOST, count * 2);
      }
      return (int) Math.max(1, Math.min(count, MOST_BYTES * read / Math.max(1, bytes)));
    }
  }

  /** Something that nobody has asked for yet. */
  private record Unused(@Nullable Bytes value, Course course) {}

  private final OverlayChain chain;
  private final KeyLayout layout;
  private final KeyTable inMemory;
  private final Map<Kind, Course> courses = new LinkedHashMap<>();
  private final Map<Bytes, Unused> ahead = new HashMap<>();
  private @Nullable RecordBatch page;

  ReadAhead(OverlayChain chain, KeyLayout layout, KeyTable inMemory) {
    this.chain = chain;
    this.layout = layout;
    this.inMemory = inMemory;
  }

  /** The keys of {@code next} come next; of null, nobody knows which do. */
  void expect(@Nullable RecordBatch next) {
    page = next;
    ahead.clear();
    courses.values().forEach(course -> course.position = 0);
  }

  /**
   * What the lane's overlays or the store have of a cell that is one entry; null for none.
   *
   * @param suffix see {@link KeyLayout#cellSuffix}
   */
  @Nullable Bytes read(StateTable table, Key key, byte[] suffix) {
    Bytes storeKey = layout.cell(table, key, suffix);
    EpochOverlay.Lookup changed = chain.lookup(storeKey);
    if (!(changed instanceof EpochOverlay.Lookup.Unchanged)) {
      return changed instanceof EpochOverlay.Lookup.Present present ? present.value() : null;
    }
    Unused found = ahead.remove(storeKey);
    if (found != null) {
      found.course.unused--;
      return found.value;
    }
    RecordBatch current = page;
    return current == null
        ? chain.stored(List.of(storeKey)).get(0)
        : readOn(current, course(table, suffix), storeKey, table, suffix);
  }

  private Course course(StateTable table, byte[] suffix) {
    Kind kind = new Kind(table, Bytes.of(suffix));
    Course course = courses.get(kind);
    if (course == null) {
      if (courses.size() >= KINDS) {
        courses.remove(courses.keySet().iterator().next());
      }
      course = new Course();
      courses.put(kind, course);
    }
    return course;
  }

  private @Nullable Bytes readOn(
      RecordBatch current, Course course, Bytes storeKey, StateTable table, byte[] suffix) {
    int count = course.next();
    Set<Bytes> keys = new LinkedHashSet<>();
    keys.add(storeKey);
    while (keys.size() < count && course.position < current.size()) {
      Bytes next = coldKey(current, course.position++, table, suffix);
      if (next != null && !ahead.containsKey(next)) {
        keys.add(next);
      }
    }
    List<Bytes> all = new ArrayList<>(keys);
    List<@Nullable Bytes> values = chain.stored(all);
    course.read = all.size();
    course.unused = all.size() - 1;
    course.bytes = 0;
    for (int i = 0; i < all.size(); i++) {
      Bytes value = values.get(i);
      course.bytes += value == null ? 0 : value.length();
      if (i > 0) {
        ahead.put(all.get(i), new Unused(value, course));
      }
    }
    return values.get(0);
  }

  /** The store key of an element's cell; null where nobody is going to ask the store for it. */
  private @Nullable Bytes coldKey(RecordBatch from, int at, StateTable table, byte[] suffix) {
    int offset = from.keyOffset(at);
    int length = from.keyLength(at);
    int hash = from.keyHash(at);
    if (inMemory.find(from.payload(), offset, length, hash) != null) {
      return null;
    }
    byte[] encoded = Arrays.copyOfRange(from.payload(), offset, offset + length);
    Bytes storeKey = layout.cell(table, new Key(encoded, null, hash), suffix);
    return chain.lookup(storeKey) instanceof EpochOverlay.Lookup.Unchanged ? storeKey : null;
  }
}
