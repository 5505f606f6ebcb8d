package dev.tidemark.runner.simulation;

import dev.tidemark.runner.simulation.Windowing.Span;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Computes what a pipeline has to put out: plain collections, one thread, element by element in the
 * order of the timeline, nothing of Beam.
 *
 * <p>Triggers need no evaluation: none of ours closes a window that can still get elements, so in
 * whatever panes a group is fired, put together they hold each element of the group that was not
 * dropped, and an element is dropped exactly if its window has expired when it arrives. Sessions
 * are merged as the elements come, and are forgotten when they expire.
 */
final class Oracle {
  private final PipelineSpec spec;
  private final Map<Integer, List<Session>> groups = new TreeMap<>();
  private final List<Observation.Group> finished = new ArrayList<>();
  private long watermark = Long.MIN_VALUE;

  private Oracle(PipelineSpec spec) {
    this.spec = spec;
  }

  /** A window of one key that is still open: also for windows that are not sessions. */
  private static final class Session {
    private Span span;
    private final List<Integer> values = new ArrayList<>();

    Session(Span span) {
      this.span = span;
    }
  }

  /** Gives the groups and what each comes to. */
  static Map<Observation.Cell, List<Integer>> evaluate(PipelineSpec spec) {
    Oracle oracle = new Oracle(spec);
    for (Timeline.Event event : spec.timeline().events()) {
      if (event instanceof Timeline.Elements elements) {
        elements.elements().forEach(oracle::add);
      } else if (event instanceof Timeline.Watermark moved) {
        oracle.watermark = moved.toMillis();
        oracle.close();
      }
    }
    oracle.watermark = Long.MAX_VALUE;
    oracle.closeAll();
    return oracle.results();
  }

  private void add(Timeline.Element element) {
    List<KeyedValue> before = Step.applyAll(spec.before(), List.of(element.content()));
    List<KeyedValue> main = Step.applyAll(spec.after(), before);
    if (spec.aggregation() instanceof Aggregation.Join join) {
      main.forEach(item -> put(item.key(), item.value() * 2, element.timeMillis()));
      Step.applyAll(join.right(), main)
          .forEach(item -> put(item.key(), item.value() * 2 + 1, element.timeMillis()));
    } else {
      main.forEach(item -> put(item.key(), item.value(), element.timeMillis()));
    }
  }

  private void put(int key, int value, long timeMillis) {
    for (Span assigned : spec.windowing().shape().assign(timeMillis)) {
      if (assigned.expired(watermark, spec.windowing().allowedLatenessMillis())) {
        continue;
      }
      List<Session> open = groups.computeIfAbsent(key, k -> new ArrayList<>());
      find(open, assigned).values.add(value);
    }
  }

  private Session find(List<Session> open, Span assigned) {
    if (!spec.windowing().sessions()) {
      for (Session session : open) {
        if (session.span.equals(assigned)) {
          return session;
        }
      }
      Session created = new Session(assigned);
      open.add(created);
      return created;
    }
    Session merged = new Session(assigned);
    for (Iterator<Session> each = open.iterator(); each.hasNext(); ) {
      Session session = each.next();
      if (session.span.intersects(assigned)) {
        merged.span = merged.span.unite(session.span);
        merged.values.addAll(session.values);
        each.remove();
      }
    }
    open.add(merged);
    return merged;
  }

  private void close() {
    groups.forEach(
        (key, open) ->
            open.removeIf(
                session -> {
                  boolean expired =
                      session.span.expired(watermark, spec.windowing().allowedLatenessMillis());
                  if (expired) {
                    finish(key, session);
                  }
                  return expired;
                }));
  }

  private void closeAll() {
    groups.forEach((key, open) -> open.forEach(session -> finish(key, session)));
    groups.clear();
  }

  private void finish(int key, Session session) {
    finished.add(
        new Observation.Group(key, session.span, spec.aggregation().result(session.values)));
  }

  private Map<Observation.Cell, List<Integer>> results() {
    Map<Observation.Cell, List<Integer>> results = new TreeMap<>();
    if (spec.second().isEmpty()) {
      finished.forEach(
          group ->
              results.merge(
                  new Observation.Cell(group.key(), group.span()), group.values(), Oracle::both));
      return results;
    }
    PipelineSpec.Second second = spec.second().get();
    Map<Observation.Cell, List<Integer>> inputs = new TreeMap<>();
    for (Observation.Group group : finished) {
      inputs
          .computeIfAbsent(
              new Observation.Cell(second.key(group.key()), group.span()), c -> new ArrayList<>())
          .addAll(group.values());
    }
    inputs.forEach((cell, values) -> results.put(cell, second.combine().result(values)));
    return results;
  }

  /**
   * Two sessions of one key and the very same span, the second opened when the first had expired.
   */
  private static List<Integer> both(List<Integer> first, List<Integer> second) {
    throw new IllegalStateException("A session was opened twice: " + first + ", " + second);
  }
}
