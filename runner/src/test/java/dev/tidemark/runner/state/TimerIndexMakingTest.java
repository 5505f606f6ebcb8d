package dev.tidemark.runner.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.translation.graph.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.state.TimeDomain;
import org.junit.jupiter.api.Test;

/** A process may end at any commit of those that make an index for timers that have none. */
class TimerIndexMakingTest {
  private static final NodeId NODE = new NodeId("Remind");
  private static final int TIMERS = 30_000;
  private static final long FEW = 100_000;
  private static final long ALL = 1L << 30;

  @Test
  void itIsMadeAnewAfterACrashInBetween() {
    int crashes = 0;
    for (int commits = 0; ; commits++) {
      HeapStateStore store = new HeapStateStore();
      setAll(store);
      EndingStore ending = new EndingStore(store, commits);
      if (!crashes(ending)) {
        break;
      }
      crashes++;
      // A process with more memory may come in between.
      moveSome(store);
      assertThat(fired(open(store, FEW))).isEqualTo(fired(open(store, ALL)));
    }
    assertThat(crashes).isGreaterThan(2);
  }

  private static boolean crashes(StateStore store) {
    try {
      open(store, FEW);
      return false;
    } catch (StateException e) {
      assertThatThrownBy(() -> open(store, FEW)).isInstanceOf(StateException.class);
      return true;
    }
  }

  private static void setAll(HeapStateStore store) {
    LaneState lane = open(store, ALL);
    for (int i = 0; i < TIMERS; i++) {
      lane.timers(NODE).set(timer(i, i % 100));
    }
    commit(store, lane);
  }

  private static void moveSome(HeapStateStore store) {
    LaneState lane = open(store, ALL);
    for (int i = 0; i < TIMERS; i += 3) {
      lane.timers(NODE).set(timer(i, 200 + i));
    }
    commit(store, lane);
  }

  private static List<TimerRecord> fired(LaneState lane) {
    List<TimerRecord> fired = new ArrayList<>();
    TimerService timers = lane.timers(NODE);
    for (TimerRecord timer = timers.pollDue(TimeDomain.EVENT_TIME, Long.MAX_VALUE);
        timer != null;
        timer = timers.pollDue(TimeDomain.EVENT_TIME, Long.MAX_VALUE)) {
      fired.add(timer);
    }
    assertThat(fired).hasSize(TIMERS);
    return fired;
  }

  private static TimerRecord timer(int number, long time) {
    Key key = new Key(("key " + number).getBytes(UTF_8), "key " + number);
    return new TimerRecord(key, "/", "", "end", TimeDomain.EVENT_TIME, time, time);
  }

  private static LaneState open(StateStore store, long cacheBytes) {
    LaneState lane =
        LaneState.open(
            store,
            NodeDictionary.open(store, List.of(NODE)),
            new KeyGroups(2, 1),
            0,
            List.of(new KeyedNode(NODE, encoded -> new String(encoded, UTF_8))),
            cacheBytes);
    lane.openEpoch(store.manifest().epoch() + 1);
    return lane;
  }

  private static void commit(StateStore store, LaneState lane) {
    EpochOverlay sealed = lane.seal();
    store.commit(
        new EpochCommit(new Manifest(sealed.epoch(), Map.of()), List.of(sealed.changes())));
  }

  /** Takes so many commits. */
  private static final class EndingStore extends ForwardingStore {
    private int commits;

    EndingStore(StateStore store, int commits) {
      super(store);
      this.commits = commits;
    }

    @Override
    public void commit(EpochCommit commit) {
      if (commits-- <= 0) {
        throw new StateException("the process ends", null);
      }
      super.commit(commit);
    }
  }
}
