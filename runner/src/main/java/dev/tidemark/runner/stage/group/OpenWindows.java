package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.progress.HoldSet;
import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.Lateness;
import dev.tidemark.runner.stage.beam.WindowNamespaces;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The windows in which a node has groups in this lane: when they are due, what they hold the
 * watermark at, and which keys they have.
 *
 * <p>Instead of a timer and a hold for each key and window, a window has one time at which it is
 * due. Its keys are listed apart for each key group, under a key that belongs to nobody but lies in
 * that group; another cell there has a {@link WindowShare} for each window. So the lists may leave
 * memory, are read only when the window fires, and go to the lane that owns the key group when a
 * job goes on with other lanes. They are short, as the last one is written again when a key is
 * added; and each is a value, which a store finds and deletes without looking at what is beside it.
 * What stays in memory is the windows with their shares.
 *
 * <p>Owned by the lane.
 */
final class OpenWindows {
  private static final String KEYS = "window keys ";
  private static final String SHARES = "window shares";
  private static final String NO_WINDOW = "";
  private static final int LIST_LENGTH = 128;

  private final KeyedCells cells;
  private final Coder<List<Key>> keysCoder;
  private final Coder<BoundedWindow> windowCoder;
  private final WindowNamespaces namespaces;
  private final Lateness lateness;

  private final Map<Object, OpenWindow> open = new HashMap<>();
  private final TreeMap<Long, Set<OpenWindow>> byDue = new TreeMap<>();
  private final HoldSet holds = new HoldSet();
  private @Nullable OpenWindow last;

  @SuppressWarnings("unchecked") // a windowing strategy has the coder of its own windows
  OpenWindows(KeyedCells cells, Coder<List<Key>> keysCoder, WindowingStrategy<?, ?> windowing) {
    this.cells = cells;
    this.keysCoder = keysCoder;
    this.windowCoder = (Coder<BoundedWindow>) windowing.getWindowFn().windowCoder();
    this.namespaces = new WindowNamespaces(windowCoder);
    this.lateness = new Lateness(windowing);
  }

  /** Makes everything anew from the cells. */
  void restore() {
    open.clear();
    byDue.clear();
    holds.clear();
    last = null;
    for (Key groupKey : cells.groupKeys()) {
      for (Map.Entry<BoundedWindow, WindowShare> entry : sharesCell(groupKey).entries()) {
        OpenWindow window = register(of(entry.getKey()));
        window.shares().put(groupKey, entry.getValue());
        holds.add(entry.getValue().holdMillis());
      }
    }
    open.values().forEach(this::schedule);
  }

  /** A window, whether or not anything is in it. */
  OpenWindow of(BoundedWindow window) {
    OpenWindow known = last;
    if (known == null || !window.equals(known.window())) {
      known = open.get(windowCoder.structuralValue(window));
      if (known == null) {
        known = new OpenWindow(window, namespaces.of(window), lateness.expiryMillis(window));
      }
      last = known;
    }
    return known;
  }

  /** The window of a namespace, whether or not anything is in it. */
  OpenWindow of(String namespace) {
    return of(namespaces.window(namespace));
  }

  /** Adds a key that is not in the window, which is not expired. */
  void add(OpenWindow window, Key key) {
    Key groupKey = cells.groupKey(key);
    WindowShare share = window.shares().get(groupKey);
    if (share == null) {
      share = WindowShare.EMPTY;
      register(window);
    }
    if (share.lists() > 0) {
      Cells.ValueCell<List<Key>> cell = keysCell(window, groupKey, share.lists() - 1);
      List<Key> keys = read(cell);
      if (keys.size() < LIST_LENGTH) {
        keys.add(key);
        cell.write(keys);
        return;
      }
    }
    List<Key> keys = new ArrayList<>();
    keys.add(key);
    keysCell(window, groupKey, share.lists()).write(keys);
    put(window, groupKey, share.withList());
    if (share.lists() == 0) {
      schedule(window);
    }
  }

  /** Notes that a key of the window has values whose pane, of this timestamp, is due at its end. */
  void await(OpenWindow window, Key key, long timestampMillis) {
    Key groupKey = cells.groupKey(key);
    WindowShare share = share(window, groupKey);
    WindowShare next = share.with(timestampMillis);
    if (next != share) {
      put(window, groupKey, next);
      if (window.due() != window.end()) {
        schedule(window);
      }
    }
  }

  /** The next window that is due at a watermark: its end or its expiry lies before that. */
  @Nullable OpenWindow nextDue(long watermarkMillis) {
    Map.Entry<Long, Set<OpenWindow>> first = byDue.firstEntry();
    return first == null || first.getKey() >= watermarkMillis
        ? null
        : first.getValue().iterator().next();
  }

  /** The lowest watermark at which a window is due, or {@link Long#MAX_VALUE}. */
  long awaitedWatermark() {
    return byDue.isEmpty() ? Long.MAX_VALUE : byDue.firstKey() + 1;
  }

  /** Goes over the keys that a window has. */
  KeyWalk walk(OpenWindow window) {
    return new KeyWalk(window);
  }

  /**
   * Goes over the keys of a window, some at a time. Others may be added meanwhile: those of key
   * groups that had none are not met. Owned by the lane.
   */
  final class KeyWalk {
    private final OpenWindow window;
    private final Iterator<Key> groupKeys;
    private @Nullable Key groupKey;
    private int list;

    private KeyWalk(OpenWindow window) {
      this.window = window;
      this.groupKeys = List.copyOf(window.shares().keySet()).iterator();
    }

    OpenWindow window() {
      return window;
    }

    /**
     * Calls {@code visitor} with the keys of the next list.
     *
     * @return how many these were; 0 if there is no list left
     */
    int next(Consumer<Key> visitor) {
      while (groupKey == null || list == share(window, groupKey).lists()) {
        if (!groupKeys.hasNext()) {
          return 0;
        }
        groupKey = groupKeys.next();
        list = 0;
      }
      List<Key> keys = read(keysCell(window, groupKey, list++));
      keys.forEach(visitor);
      return keys.size();
    }
  }

  /** Notes that nothing in the window waits for its end any more. */
  void settle(OpenWindow window) {
    for (Key groupKey : List.copyOf(window.shares().keySet())) {
      WindowShare share = share(window, groupKey);
      if (share.pending()) {
        put(window, groupKey, share.settled());
      }
    }
    schedule(window);
  }

  /** Forgets the window, whose groups are gone. */
  void remove(OpenWindow window) {
    window
        .shares()
        .forEach(
            (groupKey, share) -> {
              holds.remove(share.holdMillis());
              sharesCell(groupKey).remove(window.window());
              for (int list = 0; list < share.lists(); list++) {
                keysCell(window, groupKey, list).clear();
              }
            });
    window.shares().clear();
    unschedule(window);
    open.remove(windowCoder.structuralValue(window.window()));
    last = null;
  }

  /** The lowest timestamp that waits for the end of its window, or {@link Timestamps#MAX}. */
  long hold() {
    return Math.min(holds.min(), Timestamps.MAX);
  }

  private OpenWindow register(OpenWindow window) {
    open.put(windowCoder.structuralValue(window.window()), window);
    return window;
  }

  private void schedule(OpenWindow window) {
    boolean pending = window.shares().values().stream().anyMatch(WindowShare::pending);
    long due = pending ? window.end() : window.expiry();
    if (due != window.due()) {
      unschedule(window);
      window.setDue(due);
      byDue.computeIfAbsent(due, any -> new LinkedHashSet<>()).add(window);
    }
  }

  private void unschedule(OpenWindow window) {
    Set<OpenWindow> together = byDue.get(window.due());
    if (together != null) {
      together.remove(window);
      if (together.isEmpty()) {
        byDue.remove(window.due());
      }
    }
  }

  private static WindowShare share(OpenWindow window, Key groupKey) {
    WindowShare share = window.shares().get(groupKey);
    if (share == null) {
      throw new IllegalStateException("no keys of this group in " + window.window());
    }
    return share;
  }

  private void put(OpenWindow window, Key groupKey, WindowShare share) {
    WindowShare before = window.shares().put(groupKey, share);
    if (before != null) {
      holds.remove(before.holdMillis());
    }
    holds.add(share.holdMillis());
    sharesCell(groupKey).put(window.window(), share);
  }

  private Cells.MapCell<BoundedWindow, WindowShare> sharesCell(Key groupKey) {
    return cells.forKey(groupKey).map(NO_WINDOW, SHARES, windowCoder, WindowShare.CODER);
  }

  private Cells.ValueCell<List<Key>> keysCell(OpenWindow window, Key groupKey, int list) {
    return cells.forKey(groupKey).value(window.namespace(), KEYS + list, keysCoder);
  }

  private static List<Key> read(Cells.ValueCell<List<Key>> cell) {
    List<Key> keys = cell.read();
    if (keys == null) {
      throw new IllegalStateException("a list of keys is gone: " + cell);
    }
    return keys;
  }
}
