package dev.tidemark.runner.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.translation.graph.NodeId;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.beam.runners.core.InMemoryTimerInternals;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A lane's timers against Beam's own in-memory ones: the same fire at the same times. Beam's fire
 * when time has passed their timestamp, ours when it is reached.
 */
class TimerDifferenceTest {
  private static final NodeId NODE = new NodeId("timers");

  /** Something that happens to the timers of one key. */
  sealed interface Event {}

  /** A timer is set, perhaps again. */
  record Set(String family, String id, TimeDomain domain, long at, long output) implements Event {}

  /** A timer is deleted, if it is set. */
  record Delete(String family, String id, TimeDomain domain) implements Event {}

  /** Time passes in a domain. */
  record Advance(TimeDomain domain, long by) implements Event {}

  @Property(tries = 500)
  void theSameTimersFire(@ForAll("events") List<Event> events) throws Exception {
    TimerService ours =
        LaneState.inMemory(List.of(new KeyedNode(NODE, encoded -> null))).timers(NODE);
    InMemoryTimerInternals theirs = new InMemoryTimerInternals();
    theirs.advanceProcessingTime(Instant.ofEpochMilli(0));
    long eventTime = 0;
    long processingTime = 0;
    for (Event event : events) {
      if (event instanceof Set set) {
        ours.set(record(set));
        // Set again for the same time, Beam's would keep the old output timestamp.
        String id = set.id() + set.domain();
        theirs.deleteTimer(StateNamespaces.global(), id, set.family(), set.domain());
        theirs.setTimer(
            StateNamespaces.global(),
            id,
            set.family(),
            Instant.ofEpochMilli(set.at()),
            Instant.ofEpochMilli(set.output()),
            set.domain());
      } else if (event instanceof Delete delete) {
        ours.delete(LaneGroup.key("k"), "/", delete.family(), id(delete), delete.domain());
        theirs.deleteTimer(StateNamespaces.global(), id(delete), delete.family(), delete.domain());
      } else if (event instanceof Advance advance && advance.domain() == TimeDomain.EVENT_TIME) {
        eventTime += advance.by();
        theirs.advanceInputWatermark(Instant.ofEpochMilli(eventTime));
        assertThat(ours(ours, TimeDomain.EVENT_TIME, eventTime))
            .containsExactlyInAnyOrderElementsOf(theirs(theirs, TimeDomain.EVENT_TIME))
            .isSortedAccordingTo((a, b) -> Long.compare(at(a), at(b)));
      } else if (event instanceof Advance advance) {
        processingTime += advance.by();
        theirs.advanceProcessingTime(Instant.ofEpochMilli(processingTime));
        assertThat(ours(ours, TimeDomain.PROCESSING_TIME, processingTime))
            .containsExactlyInAnyOrderElementsOf(theirs(theirs, TimeDomain.PROCESSING_TIME))
            .isSortedAccordingTo((a, b) -> Long.compare(at(a), at(b)));
      }
    }
  }

  /** Beam's timers are strangers to each other if their domain differs, but share names here. */
  private static String id(Delete delete) {
    return delete.id() + delete.domain();
  }

  private static TimerRecord record(Set set) {
    return new TimerRecord(
        LaneGroup.key("k"),
        "/",
        set.family(),
        set.id() + set.domain(),
        set.domain(),
        set.at() + 1,
        set.output());
  }

  private static List<String> ours(TimerService timers, TimeDomain domain, long upTo) {
    List<String> fired = new ArrayList<>();
    for (TimerRecord timer = timers.pollDue(domain, upTo);
        timer != null;
        timer = timers.pollDue(domain, upTo)) {
      fired.add(
          text(
              timer.timestampMillis() - 1,
              timer.family(),
              timer.id(),
              timer.outputTimestampMillis()));
    }
    return fired;
  }

  private static List<String> theirs(InMemoryTimerInternals timers, TimeDomain domain) {
    List<String> fired = new ArrayList<>();
    for (TimerData timer = next(timers, domain); timer != null; timer = next(timers, domain)) {
      fired.add(
          text(
              timer.getTimestamp().getMillis(),
              timer.getTimerFamilyId(),
              timer.getTimerId(),
              timer.getOutputTimestamp().getMillis()));
    }
    return fired;
  }

  private static @Nullable TimerData next(InMemoryTimerInternals timers, TimeDomain domain) {
    return domain == TimeDomain.EVENT_TIME
        ? timers.removeNextEventTimer()
        : timers.removeNextProcessingTimer();
  }

  private static String text(long at, String family, String id, long output) {
    return at + " " + family + "/" + id + " " + output;
  }

  private static long at(String text) {
    return Long.parseLong(text.substring(0, text.indexOf(' ')));
  }

  @Provide
  Arbitrary<List<Event>> events() {
    Arbitrary<String> families = Arbitraries.of("", "family");
    Arbitrary<String> ids = Arbitraries.of("a", "b", "c");
    Arbitrary<TimeDomain> domains =
        Arbitraries.of(TimeDomain.EVENT_TIME, TimeDomain.PROCESSING_TIME);
    Arbitrary<Event> set =
        Combinators.combine(
                families,
                ids,
                domains,
                Arbitraries.longs().between(1, 60),
                Arbitraries.longs().between(0, 60))
            .as(Set::new);
    Arbitrary<Event> delete = Combinators.combine(families, ids, domains).as(Delete::new);
    Arbitrary<Event> advance =
        Combinators.combine(domains, Arbitraries.longs().between(0, 20)).as(Advance::new);
    return Arbitraries.frequencyOf(Tuple.of(4, set), Tuple.of(1, delete), Tuple.of(2, advance))
        .list()
        .ofMaxSize(30);
  }
}
