package dev.tidemark.runner.stage.waiting;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Cells.BagCell;
import dev.tidemark.runner.stage.Cells.ValueCell;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.StoredElementCoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * The elements that a node keeps until it can take them, in groups that are let go as a whole. They
 * are kept in the node's cells, by key and group; what is kept in memory is only which keys of
 * which group have some, and since when.
 *
 * <p>Owned by the lane.
 *
 * @param <G> what elements are grouped by; compared by {@code equals}
 */
public final class KeptElements<G> {

  /** Takes the elements that need not wait any more. */
  @FunctionalInterface
  public interface Taker {
    /** Takes one element; {@code key} may not know its decoded form. */
    void take(Key key, WindowedValue<?> element) throws Exception;
  }

  private final NodeContext context;
  private final String elementsCell;
  private final String earliestCell;
  private final Function<G, String> namespaceOf;
  private final Function<String, G> groupOf;
  private final Coder<WindowedValue<Object>> elementCoder;
  private final Map<G, Map<Key, Long>> earliestByGroup = new LinkedHashMap<>();
  private long earliest = Timestamps.MAX;

  /**
   * Knows what is in the cells already.
   *
   * @param context of the node, whose main input the elements are of
   * @param cellId the cell of the elements, and the beginning of the name of another one
   * @param namespaceOf the namespace of a group's cells
   * @param groupOf the group again
   */
  public KeptElements(
      NodeContext context,
      String cellId,
      Function<G, String> namespaceOf,
      Function<String, G> groupOf) {
    this.context = context;
    this.elementsCell = cellId;
    this.earliestCell = cellId + "Since";
    this.namespaceOf = namespaceOf;
    this.groupOf = groupOf;
    this.elementCoder = StoredElementCoder.ofInput(context);
    restore();
  }

  /** Finds again what is in the cells. */
  public void restore() {
    earliestByGroup.clear();
    earliest = Timestamps.MAX;
    context.cells().forEachValue(earliestCell, this::remember);
  }

  private void remember(Key key, String namespace) {
    Long since = earliestCell(key, namespace).read();
    if (since != null) {
      note(groupOf.apply(namespace), key, since);
    }
  }

  /** The lowest timestamp of all elements, in milliseconds; {@link Timestamps#MAX} if none. */
  public long earliest() {
    return earliest;
  }

  /** Whether no group has elements. */
  public boolean isEmpty() {
    return earliestByGroup.isEmpty();
  }

  /** The groups that have elements, as they stand now. */
  public List<G> groups() {
    return new ArrayList<>(earliestByGroup.keySet());
  }

  /** Whether a group has elements of a key. */
  public boolean contains(G group, Key key) {
    return earliestByGroup.getOrDefault(group, Map.of()).containsKey(key);
  }

  /** Keeps an element, as one of {@code timestampMillis}. */
  @SuppressWarnings("unchecked") // the element is of the input's type
  public void add(G group, Key key, WindowedValue<?> element, long timestampMillis) {
    String namespace = namespaceOf.apply(group);
    elementsCell(key, namespace).add((WindowedValue<Object>) element);
    ValueCell<Long> since = earliestCell(key, namespace);
    Long before = since.read();
    if (before == null || timestampMillis < before) {
      since.write(timestampMillis);
    }
    note(group, key, timestampMillis);
  }

  private void note(G group, Key key, long timestampMillis) {
    earliestByGroup
        .computeIfAbsent(group, any -> new LinkedHashMap<>())
        .merge(key, timestampMillis, Math::min);
    earliest = Math.min(earliest, timestampMillis);
  }

  /**
   * Gives {@code taker} the elements of some groups: for each group and key in the order in which
   * they came. Until it has taken all of them, they count for {@link #earliest}.
   */
  public void release(List<G> groups, Taker taker) throws Exception {
    if (groups.isEmpty()) {
      return;
    }
    for (G group : groups) {
      String namespace = namespaceOf.apply(group);
      for (Key key : earliestByGroup.getOrDefault(group, Map.of()).keySet()) {
        for (WindowedValue<Object> element : elementsCell(key, namespace).read()) {
          taker.take(key, element);
        }
        elementsCell(key, namespace).clear();
        earliestCell(key, namespace).clear();
      }
      earliestByGroup.remove(group);
    }
    earliest =
        earliestByGroup.values().stream()
            .flatMap(byKey -> byKey.values().stream())
            .mapToLong(Long::longValue)
            .min()
            .orElse(Timestamps.MAX);
  }

  private BagCell<WindowedValue<Object>> elementsCell(Key key, String namespace) {
    return cells(key).bag(namespace, elementsCell, elementCoder);
  }

  private ValueCell<Long> earliestCell(Key key, String namespace) {
    return cells(key).value(namespace, earliestCell, BigEndianLongCoder.of());
  }

  private Cells cells(Key key) {
    return context.cells().forKey(key);
  }
}
