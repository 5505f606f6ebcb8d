package dev.tidemark.runner.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.translation.graph.NodeId;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.beam.sdk.state.TimeDomain;
import org.junit.jupiter.api.Test;

class KeyLayoutTest {
  private static final KeyLayout LAYOUT = new KeyLayout(7, new KeyGroups(128, 4));

  @Property
  void escapedStringsKeepTheirOrderAndNoneBeginsWithAnother(
      @ForAll @Size(max = 4) byte[] left, @ForAll @Size(max = 4) byte[] right) {
    Bytes escapedLeft = escaped(left);
    Bytes escapedRight = escaped(right);
    assertThat(Integer.signum(escapedLeft.compareTo(escapedRight)))
        .isEqualTo(Integer.signum(Arrays.compareUnsigned(left, right)));
    assertThat(escapedLeft.startsWith(escapedRight)).isEqualTo(Arrays.equals(left, right));
    assertThat(new ByteReader(escapedLeft).readEscaped()).isEqualTo(left);
  }

  @Property
  void numbersKeepTheirOrder(@ForAll long left, @ForAll long right) {
    assertThat(Integer.signum(signed(left).compareTo(signed(right))))
        .isEqualTo(Long.compare(left, right));
    assertThat(new ByteReader(signed(left)).readSigned()).isEqualTo(left);
  }

  @Property
  void countsKeepTheirOrder(
      @ForAll @LongRange(min = 0) long left, @ForAll @LongRange(min = 0) long right) {
    assertThat(Integer.signum(count(left).compareTo(count(right))))
        .isEqualTo(Long.compare(left, right));
    assertThat(new ByteReader(count(left)).readCount()).isEqualTo(left);
  }

  @Property
  void addressesAreReadBack(
      @ForAll @Size(max = 5) byte[] key, @ForAll String id, @ForAll String namespace) {
    // A lone half of a surrogate pair has no encoding.
    String cleanId = id.replaceAll("[\\ud800-\\udfff]", "?");
    String cleanNamespace = namespace.replaceAll("[\\ud800-\\udfff]", "?");
    Key wanted = new Key(key, null);
    Bytes cell = LAYOUT.cell(StateTable.VALUE, wanted, cleanId, cleanNamespace);
    assertThat(KeyLayout.parseCell(cell))
        .isEqualTo(new KeyLayout.CellAddress(wanted, cleanId, cleanNamespace));
    TimerIdentity timer =
        new TimerIdentity(wanted, cleanNamespace, "", cleanId, TimeDomain.PROCESSING_TIME);
    assertThat(KeyLayout.parseTimer(LAYOUT.timer(timer))).isEqualTo(timer);
  }

  @Property
  void rowsOfTheIndexOrderAsTimersFireAndAreReadBack(
      @ForAll("timers") TimerRecord left, @ForAll("timers") TimerRecord right) {
    Bytes byTime = LAYOUT.timerByTime(left);
    assertThat(KeyLayout.parseTimerByTime(byTime)).isEqualTo(TimerPosition.of(left));
    if (left.domain() == right.domain()) {
      assertThat(Integer.signum(KeyLayout.compareAfterGroup(byTime, LAYOUT.timerByTime(right))))
          .isEqualTo(Integer.signum(TimerPosition.of(left).compareTo(TimerPosition.of(right))));
    }
    Bytes byHold = LAYOUT.timerByHold(left);
    assertThat(KeyLayout.parseTimerByHold(byHold)).isEqualTo(held(left));
    assertThat(Integer.signum(KeyLayout.compareAfterGroup(byHold, LAYOUT.timerByHold(right))))
        .isEqualTo(Integer.signum(held(left).compareTo(held(right))));
  }

  private static TimerPosition held(TimerRecord timer) {
    return new TimerPosition(timer.outputTimestampMillis(), TimerIdentity.of(timer));
  }

  @Provide
  Arbitrary<TimerRecord> timers() {
    // Where UTF-8 and UTF-16 differ in their order, and what has to be escaped.
    Arbitrary<String> texts =
        Arbitraries.of("", "a", "a\0", "a\0\1", "\uffee", "\ud83d\ude00", "\ud7ff");
    return Combinators.combine(
            texts,
            texts,
            texts,
            texts,
            Arbitraries.of(TimeDomain.class),
            Arbitraries.of(-1L, 0L, 1L),
            Arbitraries.of(Long.MIN_VALUE, 0L))
        .as(
            (key, namespace, family, id, domain, timestamp, output) ->
                new TimerRecord(
                    new Key(key.getBytes(UTF_8), null),
                    namespace,
                    family,
                    id,
                    domain,
                    timestamp,
                    output));
  }

  @Property
  void cellsAreWrittenAsTheLayoutSays(
      @ForAll @Size(max = 6) byte[] key, @ForAll String id, @ForAll String namespace) {
    ByteWriter expected = new ByteWriter();
    expected.write('v');
    expected.writeInt(LAYOUT.node());
    expected.writeShort(LAYOUT.groups().groupOf(new Key(key, null).keyHash()));
    expected.writeEscaped(key);
    expected.writeEscaped(id.getBytes(UTF_8));
    expected.writeEscaped(namespace.getBytes(UTF_8));
    CellSuffixes suffixes = new CellSuffixes();
    suffixes.of("other", namespace);
    byte[] suffix = suffixes.of(id, namespace);
    assertThat(LAYOUT.cell(StateTable.VALUE, new Key(key, null), suffix))
        .isEqualTo(LAYOUT.cell(StateTable.VALUE, new Key(key, null), id, namespace))
        .isEqualTo(expected.toBytes());
  }

  @Property
  void everyGroupHasOneLane(
      @ForAll @IntRange(min = 1, max = 40) int lanes,
      @ForAll @IntRange(min = 0, max = 100) int more) {
    KeyGroups groups = new KeyGroups(lanes + more, lanes);
    for (int group = 0; group < groups.groups(); group++) {
      // The hash of a small number is its group.
      int lane = groups.laneOf(group);
      GroupRange range = GroupRange.of(groups, lane);
      assertThat(group).isGreaterThanOrEqualTo(range.first()).isLessThan(range.end());
    }
    assertThat(GroupRange.of(groups, 0).first()).isZero();
    assertThat(GroupRange.of(groups, lanes - 1).end()).isEqualTo(groups.groups());
  }

  @Test
  void nodesKeepTheirNumbers() {
    HeapStateStore store = new HeapStateStore();
    NodeId count = new NodeId("Count");
    NodeId format = new NodeId("Format");
    NodeId added = new NodeId("Added");
    int numberOfCount = NodeDictionary.open(store, List.of(count, format)).number(count);
    int numberOfFormat = NodeDictionary.open(store, List.of()).number(format);
    NodeDictionary later = NodeDictionary.open(store, List.of(added, format));
    assertThat(later.number(count)).isEqualTo(numberOfCount);
    assertThat(later.number(format)).isEqualTo(numberOfFormat);
    assertThat(later.number(added)).isNotIn(numberOfCount, numberOfFormat);
    assertThatThrownBy(() -> later.number(new NodeId("Other"))).hasMessageContaining("Other");
  }

  private static Bytes escaped(byte[] bytes) {
    ByteWriter out = new ByteWriter();
    out.writeEscaped(bytes);
    return out.toBytes();
  }

  private static Bytes signed(long value) {
    ByteWriter out = new ByteWriter();
    out.writeSigned(value);
    return out.toBytes();
  }

  private static Bytes count(long value) {
    ByteWriter out = new ByteWriter();
    out.writeCount(value);
    return out.toBytes();
  }
}
