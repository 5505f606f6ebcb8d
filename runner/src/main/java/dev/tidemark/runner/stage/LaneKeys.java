package dev.tidemark.runner.stage;

import dev.tidemark.runner.exchange.KeyGroups;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keys under which nodes keep what belongs to no user's key.
 *
 * <p>Their encoding starts with a zero byte and a word, and so is not one that the key coders of a
 * node without keys could meet; a node either has keys or uses these.
 */
public final class LaneKeys {
  private LaneKeys() {}

  /** A key for a host with a single lane; {@code index} tells several apart. */
  public static Key of(int index) {
    return new Key(("\0lane" + index).getBytes(StandardCharsets.UTF_8), null);
  }

  /** The first key that {@code lane} owns. */
  public static Key ownedBy(KeyGroups groups, int lane) {
    return first(key -> groups.laneOf(key.keyHash()) == lane);
  }

  /**
   * The key under which the {@code index}th of {@code count} things is kept that are dealt evenly
   * to the lanes, however many there are.
   */
  public static Key ofPart(KeyGroups groups, int index, int count) {
    int group = (int) ((long) index * groups.groups() / count);
    return first(key -> groups.groupOf(key.keyHash()) == group);
  }

  /** The first key of each key group, by group: {@link #ofPart} for each of them. */
  public static List<Key> ofGroups(KeyGroups groups) {
    @Nullable Key[] found = new @Nullable Key[groups.groups()];
    int missing = found.length;
    for (int index = 0; missing > 0; index++) {
      Key key = of(index);
      int group = groups.groupOf(key.keyHash());
      if (found[group] == null) {
        found[group] = key;
        missing--;
      }
    }
    return Stream.of(found).map(Objects::requireNonNull).toList();
  }

  private static Key first(Predicate<Key> wanted) {
    for (int index = 0; ; index++) {
      Key key = of(index);
      if (wanted.test(key)) {
        return key;
      }
    }
  }
}
