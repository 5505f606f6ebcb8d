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
 * <p>Triggers need no evaluation ({@link OraclePanes} does that): none of ours closes a window that
 * can still get elements, so in whatever panes a group is fired, put together they hold each
 * element of the group that was not dropped, and an element is dropped exactly if its window has
 * expired when it arrives. Sessions are merged as the elements come, and are forgotten when they
 * expire.
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
    private final List<Long> times = new ArrayList<>();

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

  /** What an element has become when it reaches the aggregation. */
  record Assigned(int key, int value, Span span) {}

  /** What becomes of an element up to the aggregation, in each of its windows. */
  static List<Assigned> assigned(PipelineSpec spec, Timeline.Element element) {
    List<Assigned> all = new ArrayList<>();
    List<KeyedValue> before = Step.applyAll(spec.before(), List.of(element.content()), Span.GLOBAL);
    for (Span span : spec.windowing().shape().assign(element.timeMillis())) {
      List<KeyedValue> main = Step.applyAll(spec.after(), before, span);
      if (spec.aggregation() instanceof Aggregation.Join join) {
        main.forEach(item -> all.add(new Assigned(item.key(), item.value() * 2, span)));
        Step.applyAll(join.right(), main, span)
            .forEach(item -> all.add(new Assigned(item.key(), item.value() * 2 + 1, span)));
      } else {
        main.forEach(item -> all.add(new Assigned(item.key(), item.value(), span)));
      }
    }
    return all;
  }

  private void add(Timeline.Element element) {
    for (Assigned item : assigned(spec, element)) {
      if (!item.span().expired(watermark, spec.windowing().allowedLatenessMillis())) {
        List<Session> open = groups.computeIfAbsent(item.key(), k -> new ArrayList<>());
        Session session = find(open, item.span());
        session.values.add(item.value());
        session.times.add(element.timeMillis());
      }
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
        merged.times.addAll(session.times);
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
    List<Integer> result = spec.aggregation().result(session.values, session.span);
    long time = spec.outputMillis(session.span, session.times);
    finished.add(new Observation.Group(key, session.span, time, result));
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
              new Observation.Cell(second.key(group.key()), second.span(group)),
              c -> new ArrayList<>())
          .addAll(group.values());
    }
    inputs.forEach(
        (cell, values) -> results.put(cell, second.combine().result(values, cell.span())));
    return results;
  }

  /**
   * Two sessions of one key and the very same span, the second opened when the first had expired.
   */
  private static List<Integer> both(List<Integer> first, List<Integer> second) {
    throw new IllegalStateException("A session was opened twice: " + first + ", " + second);
  }
}
