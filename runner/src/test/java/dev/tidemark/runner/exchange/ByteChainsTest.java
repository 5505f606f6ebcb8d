package dev.tidemark.runner.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

class ByteChainsTest {
  private record Append(int list, int length) {}

  @Property(tries = 300)
  void listsKeepWhatWasAppended(@ForAll("appends") List<Append> appends) {
    ByteChains chains = new ByteChains();
    List<List<String>> expected = new ArrayList<>();
    for (Append append : appends) {
      while (expected.size() <= append.list()) {
        expected.add(new ArrayList<>());
      }
      String text = text(expected.size() + expected.get(append.list()).size(), append.length());
      byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.US_ASCII);
      chains.append(append.list(), bytes, 1, append.length());
      expected.get(append.list()).add(text);
    }
    assertThat(chains.size()).isEqualTo(expected.size());
    for (int list = 0; list < expected.size(); list++) {
      assertThat(chains.count(list)).isEqualTo(expected.get(list).size());
      assertThat(contents(chains, list)).isEqualTo(expected.get(list));
    }
    assertThat(contents(chains, expected.size())).isEmpty();
  }

  @Test
  void keepsManyListsAndLongOnes() {
    ByteChains chains = new ByteChains();
    for (int i = 0; i < 300_000; i++) {
      byte[] bytes = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
      chains.append(i % 10 == 0 ? 0 : i, bytes, 0, bytes.length);
    }
    assertThat(chains.count(0)).isEqualTo(30_000);
    List<String> longList = contents(chains, 0);
    for (int i = 0; i < 30_000; i++) {
      assertThat(longList.get(i)).isEqualTo(Integer.toString(10 * i));
    }
    for (int i = 1; i < 300_000; i += 7) {
      assertThat(contents(chains, i))
          .isEqualTo(i % 10 == 0 ? List.of() : List.of(Integer.toString(i)));
    }
  }

  @Test
  void keepsHugeStringsAmongSmallOnes() {
    ByteChains chains = new ByteChains();
    byte[] huge = new byte[10 << 20];
    Arrays.fill(huge, (byte) 'x');
    byte[] small = {'a'};
    for (int i = 0; i < 3; i++) {
      chains.append(0, small, 0, 1);
      chains.append(0, huge, 0, huge.length);
      chains.append(1, small, 0, 1);
      chains.append(1, small, 0, 0);
    }
    assertThat(contents(chains, 0))
        .extracting(String::length)
        .containsExactly(1, huge.length, 1, huge.length, 1, huge.length);
    assertThat(contents(chains, 1)).containsExactly("a", "", "a", "", "a", "");
  }

  @Provide
  Arbitrary<List<Append>> appends() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 5),
            Arbitraries.frequencyOf(
                Tuple.of(20, Arbitraries.integers().between(0, 30)),
                Tuple.of(5, Arbitraries.integers().between(100, 300)),
                Tuple.of(1, Arbitraries.integers().between(5_000, 70_000))))
        .as(Append::new)
        .list()
        .ofMaxSize(200);
  }

  private static String text(int seed, int length) {
    return Character.toString('a' + seed % 26).repeat(length);
  }

  private static List<String> contents(ByteChains chains, int list) {
    List<String> contents = new ArrayList<>();
    ByteChains.Cursor cursor = chains.read(list);
    int left = cursor.left();
    while (cursor.next()) {
      assertThat(cursor.left()).isEqualTo(--left);
      contents.add(
          new String(cursor.bytes(), cursor.offset(), cursor.length(), StandardCharsets.US_ASCII));
    }
    assertThat(left).isZero();
    return contents;
  }
}
