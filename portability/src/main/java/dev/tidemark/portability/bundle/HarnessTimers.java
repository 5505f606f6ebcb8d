package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.beam.FamilyTimers;
import dev.tidemark.runner.stage.beam.Lateness;
import dev.tidemark.runner.stage.beam.WindowNamespaces;
import dev.tidemark.translation.graph.TimerFamilySpec;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * The timers of a function in an SDK harness, between the wire and the host's timer service.
 *
 * <p>In Beam a timer for <i>T</i> fires when the time has passed <i>T</i>; in the timer service
 * when it has reached it. So a timer is kept one millisecond later than the SDK says.
 *
 * <p>Owned by the lane.
 */
final class HarnessTimers {
  private final NodeContext context;
  private final TimerCodec codec;
  private final WireKeys keys;
  private final WindowNamespaces namespaces;
  private final Lateness lateness;
  private final HarnessClock clock;
  private final FamilyTimers familyTimers;
  private final Map<String, TimeDomain> domains = new HashMap<>();
  private final Counter droppedByDrain = Metrics.counter("tidemark", "timers_dropped_by_drain");

  /** What makes a timer the same as another. */
  record Id(Key key, String namespace, String family, String tag, TimeDomain domain) {
    static Id of(TimerRecord timer) {
      return new Id(timer.key(), timer.namespace(), timer.family(), timer.id(), timer.domain());
    }
  }

  HarnessTimers(NodeContext context, WireCoding coding, List<TimerFamilySpec> families) {
    this.context = context;
    this.codec = coding.timers();
    this.keys = new WireKeys(coding.keyCoder());
    this.namespaces = new WindowNamespaces(coding.windowCoder());
    this.lateness = new Lateness(context.components().windowing(context.node().inputs().get(0)));
    this.clock = HarnessClock.of(context);
    this.familyTimers = new FamilyTimers(context);
    for (TimerFamilySpec family : families) {
      domains.put(
          family.id(),
          family.spec().getTimeDomain() == RunnerApi.TimeDomain.Enum.EVENT_TIME
              ? TimeDomain.EVENT_TIME
              : TimeDomain.PROCESSING_TIME);
    }
  }

  /** A timer of the host, which has just fired, as the SDK is to see it. */
  WireTimer fired(TimerRecord timer) {
    familyTimers.onGone(timer.key(), timer.namespace(), timer.family(), timer.id(), timer.domain());
    return new WireTimer(
        keys.decoded(timer.key()),
        timer.id(),
        List.of(namespaces.window(timer.namespace())),
        false,
        timer.domain() == TimeDomain.EVENT_TIME
            ? timer.timestampMillis() - 1
            : clock.inHarness(timer.timestampMillis() - 1),
        timer.outputTimestampMillis(),
        PaneInfo.NO_FIRING);
  }

  /** The timer that tells a function that a window of a key has expired. */
  WireTimer expired(Key key, BoundedWindow window) {
    long end = window.maxTimestamp().getMillis();
    return new WireTimer(
        keys.decoded(key), "", List.of(window), false, end, end, PaneInfo.NO_FIRING);
  }

  /**
   * Sets and deletes what a bundle has; the last word on each counts.
   *
   * @param drained timers that fired in the bundle because of a drain, which cannot set themselves
   * @return which timers were set or deleted
   */
  Set<Id> apply(List<BeamFnApi.Elements.Timers> chunks, Set<Id> drained) throws IOException {
    Map<Id, WireTimer> changes = new LinkedHashMap<>();
    for (BeamFnApi.Elements.Timers chunk : chunks) {
      InputStream in = chunk.getTimers().newInput();
      while (in.available() > 0) {
        WireTimer timer = codec.decode(in);
        Key key = keys.key(timer.key());
        String family = chunk.getTimerFamilyId();
        for (BoundedWindow window : timer.windows()) {
          changes.put(
              new Id(key, namespaces.of(window), family, timer.tag(), domain(family)), timer);
        }
      }
    }
    changes.forEach(
        (id, timer) -> {
          if (timer.cleared()) {
            clear(id);
          } else if (drained.contains(id)) {
            droppedByDrain.inc();
          } else {
            set(id, timer);
          }
        });
    return changes.keySet();
  }

  private TimeDomain domain(String family) {
    TimeDomain domain = domains.get(family);
    if (domain == null) {
      throw new HarnessException("the SDK has set a timer of an unknown family, " + family);
    }
    return domain;
  }

  private void clear(Id id) {
    familyTimers.onGone(id.key(), id.namespace(), id.family(), id.tag(), id.domain());
    context.timers().delete(id.key(), id.namespace(), id.family(), id.tag(), id.domain());
  }

  private void set(Id id, WireTimer timer) {
    long fire = timer.fireMillis();
    if (id.domain() == TimeDomain.EVENT_TIME) {
      // Beyond the expiry of its window there is no state for it.
      fire = Math.min(fire, lateness.expiryMillis(namespaces.window(id.namespace())));
    } else {
      fire = clock.inHost(fire);
    }
    TimerRecord set =
        new TimerRecord(
            id.key(),
            id.namespace(),
            id.family(),
            id.tag(),
            id.domain(),
            fire + 1,
            timer.holdMillis());
    familyTimers.onSet(set);
    context.timers().set(set);
  }

  /** Whether a timer of a key and window waits for its processing time. */
  boolean awaitTime(Key key, String namespace) {
    return familyTimers.isAnySet(key, namespace);
  }

  /** Deletes the timers of a window that has expired; those in event time have fired. */
  void clearWindow(Key key, String namespace) {
    familyTimers.deleteAll(key, namespace);
  }
}
