package dev.tidemark.runner.stage.group;

import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;

/**
 * The sessions of numbered keys, merged as elements come, where windows merge exactly if they
 * overlap.
 *
 * <p>A session is a group, which has a number. When an element joins two, one of them becomes a
 * member of the other: it keeps its number and what is known of it, but gets nothing more. So there
 * are no more groups than a key has sessions at any one time, and those that were joined.
 *
 * <p>The sessions of a key are chained by time, and a search begins where the last one ended, as
 * elements mostly come about in their order. Where that takes many steps, the key gets a tree.
 *
 * <p>Owned by the lane.
 */
final class SessionIndex {
  private static final int NONE = -1;
  private static final int MOST_STEPS = 32;
  private static final int BYTES_OF_GROUP = 2 * Long.BYTES + 4 * Integer.BYTES;

  // An entry with its boxed numbers.
  private static final int BYTES_OF_TREE_ENTRY = 80;

  // By key: where the last search ended.
  private int keys;
  private int[] found = new int[16];

  // By key, where it has one: its sessions by their starts.
  private final Int2ObjectOpenHashMap<TreeMap<Long, Integer>> trees = new Int2ObjectOpenHashMap<>();
  private long inTrees;

  // By group; the neighbours of one that is a member are meaningless.
  private int groups;
  private long[] starts = new long[16];
  private long[] limits = new long[16];
  private int[] earlier = new int[16];
  private int[] later = new int[16];

  // A session and its members are a ring.
  private int[] nextMember = new int[16];
  private final BitSet members = new BitSet();

  /** Takes what is united in a session. */
  @FunctionalInterface
  interface SessionVisitor {
    /** Takes a session and the groups that are its members, itself the first. */
    void accept(int session, int[] members) throws Exception;
  }

  /** About how much memory it takes, in bytes. */
  long memoryBytes() {
    return (long) starts.length * BYTES_OF_GROUP
        + (long) found.length * Integer.BYTES
        + inTrees * BYTES_OF_TREE_ENTRY;
  }

  /** How many groups there are, members of others too. */
  int size() {
    return groups;
  }

  /** The window of a group; of a member as it was when it became one. */
  IntervalWindow window(int group) {
    return new IntervalWindow(
        Instant.ofEpochMilli(starts[group]), Instant.ofEpochMilli(limits[group]));
  }

  /**
   * The session that an element goes into, which grows by the element's window and unites all that
   * overlap it; a new one, whose number is the {@link #size} before, if there is none.
   *
   * @param key the number of its key; a new one is the number of keys before
   */
  int add(int key, long start, long limit) {
    int session = lastBefore(key, limit);
    if (session == NONE || limits[session] <= start) {
      return insert(key, session, start, limit);
    }
    grow(key, session, start, limit);
    return session;
  }

  /** A new group for an interval, a session or a member of one. */
  int addGroup(int key, long start, long limit) {
    int before = lastBefore(key, limit);
    if (before == NONE || limits[before] <= start) {
      return insert(key, before, start, limit);
    }
    int member = newGroup(start, limit);
    grow(key, before, start, limit);
    join(before, member);
    return member;
  }

  /**
   * Visits so many sessions, or what is left.
   *
   * @param from where to begin: 0, or what the call before has returned
   * @return where to go on; no less than {@link #size} if there is nothing left
   */
  int forSessions(int from, int most, SessionVisitor visitor) throws Exception {
    IntArrayList united = new IntArrayList();
    int session = members.nextClearBit(from);
    for (int visited = 0; session < groups && visited < most; visited++) {
      united.clear();
      int member = session;
      do {
        united.add(member);
        member = nextMember[member];
      } while (member != session);
      visitor.accept(session, united.toIntArray());
      session = members.nextClearBit(session + 1);
    }
    return session;
  }

  /** The last session of a key that begins before a time. */
  private int lastBefore(int key, long time) {
    if (key == keys) {
      if (key == found.length) {
        found = Arrays.copyOf(found, 2 * key);
      }
      found[keys++] = NONE;
    }
    int session = found[key];
    if (session == NONE) {
      return NONE;
    }
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      if (starts[session] >= time) {
        session = earlier[session];
        if (session == NONE || starts[session] < time) {
          return session;
        }
      } else {
        int next = later[session];
        if (next == NONE || starts[next] >= time) {
          return session;
        }
        session = next;
      }
    }
    Map.Entry<Long, Integer> before = tree(key, session).lowerEntry(time);
    return before == null ? NONE : before.getValue();
  }

  private TreeMap<Long, Integer> tree(int key, int anySession) {
    TreeMap<Long, Integer> tree = trees.get(key);
    if (tree == null) {
      tree = new TreeMap<>();
      for (int session = anySession; session != NONE; session = earlier[session]) {
        tree.put(starts[session], session);
      }
      for (int session = later[anySession]; session != NONE; session = later[session]) {
        tree.put(starts[session], session);
      }
      trees.put(key, tree);
      inTrees += tree.size();
    }
    return tree;
  }

  /** Begins a session behind another one. */
  private int insert(int key, int before, long start, long limit) {
    int session = newGroup(start, limit);
    int after = before == NONE ? first(key) : later[before];
    link(before, session);
    link(session, after);
    found[key] = session;
    TreeMap<Long, Integer> tree = trees.isEmpty() ? null : trees.get(key);
    if (tree != null) {
      tree.put(start, session);
      inTrees++;
    }
    return session;
  }

  /** The first session of a key. */
  private int first(int key) {
    TreeMap<Long, Integer> tree = trees.isEmpty() ? null : trees.get(key);
    if (tree != null) {
      return tree.firstEntry().getValue();
    }
    int session = found[key];
    while (session != NONE && earlier[session] != NONE) {
      session = earlier[session];
    }
    return session;
  }

  private void link(int before, int after) {
    if (before != NONE) {
      later[before] = after;
    }
    if (after != NONE) {
      earlier[after] = before;
    }
  }

  private int newGroup(long start, long limit) {
    int group = groups++;
    if (group == starts.length) {
      int capacity = 2 * group;
      starts = Arrays.copyOf(starts, capacity);
      limits = Arrays.copyOf(limits, capacity);
      earlier = Arrays.copyOf(earlier, capacity);
      later = Arrays.copyOf(later, capacity);
      nextMember = Arrays.copyOf(nextMember, capacity);
    }
    starts[group] = start;
    limits[group] = limit;
    earlier[group] = NONE;
    later[group] = NONE;
    nextMember[group] = group;
    return group;
  }

  /** Has a session, the last that an interval overlaps, include it and what else it overlaps. */
  private void grow(int key, int session, long start, long limit) {
    TreeMap<Long, Integer> tree = trees.isEmpty() ? null : trees.get(key);
    long newStart = Math.min(starts[session], start);
    limits[session] = Math.max(limits[session], limit);
    for (int other = earlier[session];
        other != NONE && limits[other] > newStart;
        other = earlier[session]) {
      newStart = Math.min(newStart, starts[other]);
      if (tree != null) {
        tree.remove(starts[other]);
        inTrees--;
      }
      link(earlier[other], session);
      join(session, other);
    }
    if (newStart != starts[session]) {
      if (tree != null) {
        tree.remove(starts[session]);
        tree.put(newStart, session);
      }
      starts[session] = newStart;
    }
    found[key] = session;
  }

  /** Puts the ring of one group into that of another. */
  private void join(int session, int member) {
    members.set(member);
    int next = nextMember[session];
    nextMember[session] = nextMember[member];
    nextMember[member] = next;
  }
}
