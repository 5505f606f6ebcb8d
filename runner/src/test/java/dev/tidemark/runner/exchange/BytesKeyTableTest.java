package dev.tidemark.runner.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class BytesKeyTableTest {
  private record Entry(String key, int tag) {}

  @Property(tries = 200)
  void numbersKeysLikeALinkedHashMap(
      @ForAll("entries") List<Entry> entries, @ForAll boolean sameHash) {
    BytesKeyTable table = new BytesKeyTable();
    for (int round = 0; round < 2; round++) {
      Map<Entry, Integer> expected = new LinkedHashMap<>();
      for (Entry entry : entries) {
        Integer known = expected.putIfAbsent(entry, expected.size());
        assertThat(add(table, entry, sameHash))
            .isEqualTo(known == null ? expected.size() - 1 : known);
        assertThat(table.size()).isEqualTo(expected.size());
      }
      List<Entry> keys = new ArrayList<>();
      for (int i = 0; i < table.size(); i++) {
        keys.add(new Entry(new String(table.copyOfBytes(i), StandardCharsets.UTF_8), table.tag(i)));
      }
      assertThat(keys).containsExactlyElementsOf(expected.keySet());
      table.clear();
      assertThat(table.size()).isZero();
    }
  }

  @Test
  void growsToManyKeys() {
    BytesKeyTable table = new BytesKeyTable();
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < 100_000; i++) {
        assertThat(add(table, new Entry("key" + i / 2, i % 2), false)).isEqualTo(i);
      }
    }
    assertThat(find(table, new Entry("key7", 1))).isEqualTo(15);
    assertThat(find(table, new Entry("key7", 2))).isEqualTo(-1);
    assertThat(find(table, new Entry("no key", 0))).isEqualTo(-1);
  }

  @Test
  void takesTheEmptyKeyAndHugeOnes() {
    BytesKeyTable table = new BytesKeyTable();
    assertThat(add(table, new Entry("", 0), false)).isZero();
    assertThat(add(table, new Entry("x".repeat(1 << 20), 0), false)).isEqualTo(1);
    assertThat(add(table, new Entry("y", 0), false)).isEqualTo(2);
    assertThat(add(table, new Entry("", 0), false)).isZero();
    assertThat(table.length(1)).isEqualTo(1 << 20);
    assertThat(new String(table.copyOfBytes(2), StandardCharsets.UTF_8)).isEqualTo("y");
  }

  @Provide
  Arbitrary<List<Entry>> entries() {
    return Combinators.combine(
            Arbitraries.strings().withChars("abc").ofMaxLength(4),
            Arbitraries.integers().between(0, 3))
        .as(Entry::new)
        .list()
        .ofMaxSize(300);
  }

  private static int add(BytesKeyTable table, Entry entry, boolean sameHash) {
    byte[] bytes = (">" + entry.key() + "<").getBytes(StandardCharsets.UTF_8);
    int length = bytes.length - 2;
    int hash = sameHash ? 7 : KeyGroups.hash(bytes, 1, length);
    return table.add(bytes, 1, length, hash, entry.tag());
  }

  private static int find(BytesKeyTable table, Entry entry) {
    byte[] bytes = entry.key().getBytes(StandardCharsets.UTF_8);
    return table.find(bytes, 0, bytes.length, KeyGroups.hash(bytes, 0, bytes.length), entry.tag());
  }
}
