package dev.tidemark.runner.stage.testing;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.Timestamps;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The cells of one node. */
final class FakeKeyedCells implements KeyedCells {
  private final Map<Key, FakeCells> byKey = new LinkedHashMap<>();

  @Override
  public Cells forKey(Key key) {
    return byKey.computeIfAbsent(key, any -> new FakeCells());
  }

  @Override
  public int generation() {
    return 0;
  }

  @Override
  public void forEachValue(String cellId, BiConsumer<Key, String> visitor) {
    byKey.forEach(
        (key, cells) ->
            cells
                .namespacesWithValue(cellId)
                .forEach(namespace -> visitor.accept(new Key(key.encoded(), null), namespace)));
  }

  /** The same cells written down and read again. */
  FakeKeyedCells restored() {
    FakeKeyedCells restored = new FakeKeyedCells();
    byKey.forEach((key, cells) -> restored.byKey.put(key, cells.restored()));
    return restored;
  }

  /** Forgets the keys of which nothing is left, as a host may after each call. */
  void forgetEmpty() {
    byKey.values().removeIf(FakeCells::isEmpty);
  }

  long minHold() {
    long min = Timestamps.MAX;
    for (FakeCells cells : byKey.values()) {
      min = cells.minHold(min);
    }
    return min;
  }

  /** Whether nothing is left in any cell. */
  boolean isEmpty() {
    return byKey.values().stream().allMatch(FakeCells::isEmpty);
  }
}
