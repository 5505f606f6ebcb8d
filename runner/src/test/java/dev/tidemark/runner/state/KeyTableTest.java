package dev.tidemark.runner.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.translation.graph.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The table of keys against a map. */
class KeyTableTest {
  private static final KeyedNode NODE = new KeyedNode(new NodeId("node"), key -> null);

  @Property(tries = 200)
  void itIsAMap(@ForAll @Size(max = 300) List<@IntRange(max = 60) Integer> toggled) {
    KeyTable table = new KeyTable();
    NodeCells cells = (NodeCells) LaneState.inMemory(List.of(NODE)).cells(NODE.id());
    Map<Key, KeyState> map = new HashMap<>();
    for (int number : toggled) {
      Key key = key(number);
      KeyState known = map.remove(key);
      if (known == null) {
        KeyState state = new KeyState(cells, key);
        table.add(state);
        map.put(key, state);
      } else {
        assertThat(table.remove(known)).isTrue();
        assertThat(table.remove(known)).isFalse();
      }
      assertThat(table.size()).isEqualTo(map.size());
    }
    List<KeyState> states = new ArrayList<>();
    table.forEach(states::add);
    assertThat(states).containsExactlyInAnyOrderElementsOf(map.values());
    for (int number = 0; number <= 60; number++) {
      Key key = key(number);
      byte[] among = ("<" + number + ">").getBytes(StandardCharsets.UTF_8);
      assertThat(table.find(key)).isSameAs(map.get(key));
      assertThat(table.find(among, 1, among.length - 2, key.keyHash())).isSameAs(map.get(key));
    }
    table.clear();
    assertThat(table.size()).isZero();
    assertThat(table.find(key(1))).isNull();
  }

  private static Key key(int number) {
    return new Key(Integer.toString(number).getBytes(StandardCharsets.UTF_8), number);
  }
}
