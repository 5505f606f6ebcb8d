package dev.tidemark.runner.simulation;

import dev.tidemark.runner.simulation.Windowing.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Makes pipelines of seeds: the same of the same, for ever. */
final class RandomPipeline {
  private static final int KEYS = 5;
  private static final int VALUES = 40;

  private final long seed;
  private final Random random;

  private RandomPipeline(long seed) {
    this.seed = seed;
    this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    random.nextInt(); // neighbouring seeds begin alike
  }

  /** The pipeline of a seed. */
  static PipelineSpec of(long seed) {
    return new RandomPipeline(seed).make();
  }

  private PipelineSpec make() {
    if (oneIn(4)) {
      return singled();
    }
    Timeline timeline = timeline();
    Aggregation aggregation = aggregation(timeline);
    Windowing windowing = windowing(aggregation, timeline.unbounded());
    List<Step> before = steps(random.nextInt(3), timeline, Span.GLOBAL);
    Span somewhere = windowing.shape().assign(0).get(0);
    List<Step> after = steps(random.nextInt(3), timeline, somewhere);
    if (aggregation instanceof Aggregation.Join) {
      aggregation = new Aggregation.Join(steps(1 + random.nextInt(2), timeline, somewhere));
    }
    PipelineSpec twice =
        new PipelineSpec(
            seed, timeline, before, windowing, after, aggregation, second(aggregation));
    return twice.accepted() ? twice : twice.withoutSecond();
  }

  /** A pipeline that shows exact panes: elements come one by one and stay single. */
  private PipelineSpec singled() {
    Timeline timeline = streamed(1);
    Windowing.Shape shape = shape(true);
    return new PipelineSpec(
        seed,
        timeline,
        oneIn(3) ? List.of(singleStep()) : List.of(),
        windowing(shape, shape instanceof Windowing.Global, false),
        oneIn(3) ? List.of(singleStep()) : List.of(),
        random.nextBoolean()
            ? new Aggregation.Group()
            : new Aggregation.Combine(Aggregation.Combine.Function.SUM, 0),
        Optional.empty());
  }

  private Step singleStep() {
    return switch (random.nextInt(4)) {
      case 0 -> new Step.Add(random.nextInt(10));
      case 1 -> new Step.Rekey(1 + random.nextInt(2 * KEYS));
      case 2 -> new Step.Drop(3 + random.nextInt(3), random.nextInt(3));
      default -> new Step.Shuffle(any(Step.Shuffle.Kind.values()));
    };
  }

  private Timeline timeline() {
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> created(Timeline.Kind.CREATE);
      case 3 -> created(Timeline.Kind.CREATE_STREAMING);
      case 4 -> created(Timeline.Kind.UNBOUNDED_READ);
      case 5 ->
          new Timeline(
              Timeline.Kind.DRAINED_READ,
              List.of(
                  new Timeline.Elements(elements(1 + random.nextInt(20), 0, 500)),
                  new Timeline.Drain(),
                  new Timeline.Elements(elements(random.nextInt(20), 500, 1000))));
      default -> streamed(6);
    };
  }

  private Timeline created(Timeline.Kind kind) {
    return new Timeline(
        kind, List.of(new Timeline.Elements(elements(random.nextInt(40), 0, 1000))));
  }

  private Timeline streamed(int most) {
    List<Timeline.Event> events = new ArrayList<>();
    boolean lateness = !oneIn(3);
    long now = 0;
    long watermark = Long.MIN_VALUE;
    int length = (3 + random.nextInt(10)) * (most == 1 ? 2 : 1);
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(5)) {
        case 0, 1, 2 -> {
          long from = lateness || watermark == Long.MIN_VALUE ? now - 300 : watermark + 5;
          events.add(
              new Timeline.Elements(
                  elements(1 + random.nextInt(most), Math.max(0, from), now + 300)));
        }
        case 3 -> {
          now += 10L * random.nextInt(30);
          if (now + 5 > watermark) {
            watermark = now + 5;
            events.add(new Timeline.Watermark(watermark));
          }
        }
        default -> events.add(new Timeline.ProcessingTime(10L * (1 + random.nextInt(20))));
      }
    }
    return new Timeline(Timeline.Kind.TEST_STREAM, List.copyOf(events));
  }

  private List<Timeline.Element> elements(int count, long from, long to) {
    List<Timeline.Element> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(
          new Timeline.Element(
              new KeyedValue(random.nextInt(KEYS), random.nextInt(VALUES)), time(from, to)));
    }
    return elements;
  }

  private long time(long from, long to) {
    return Math.floorDiv(from + random.nextInt((int) (to - from)) + 9, 10L) * 10;
  }

  /** Some steps over elements whose windows are like {@code window}. */
  private List<Step> steps(int count, Timeline timeline, Span window) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      steps.add(step(timeline, window));
    }
    return steps;
  }

  private Step step(Timeline timeline, Span window) {
    return switch (random.nextInt(12)) {
      case 0 -> new Step.Add(random.nextInt(10));
      case 1 -> new Step.Rekey(1 + random.nextInt(2 * KEYS));
      case 2 -> new Step.Drop(3 + random.nextInt(3), random.nextInt(3));
      case 3 -> new Step.Explode(2 + random.nextInt(3), Step.Splitting.NONE);
      case 4, 5 -> new Step.Explode(2 + random.nextInt(4), splitting(timeline.kind()));
      case 6, 7 -> new Step.AddSide(any(Step.AddSide.View.values()), side(timeline, window));
      case 8 -> new Step.Shuffle(any(Step.Shuffle.Kind.values()));
      case 9 ->
          new Step.Diamond(
              steps(random.nextInt(2), timeline, window),
              steps(random.nextInt(2), timeline, window));
      case 10 ->
          new Step.Fork(
              steps(random.nextInt(2), timeline, window),
              steps(random.nextInt(2), timeline, window));
      default -> new Step.Twice();
    };
  }

  /** A drain cuts short what is unbounded, and what is bounded must not become unbounded. */
  private Step.Splitting splitting(Timeline.Kind source) {
    boolean mayBeUnbounded =
        source == Timeline.Kind.TEST_STREAM || source == Timeline.Kind.UNBOUNDED_READ;
    return new Step.Splitting(1 + random.nextInt(3), random.nextInt(3), mayBeUnbounded && oneIn(3));
  }

  /**
   * While main input waits for its side input it holds back the watermark, and what was late is so
   * no more: side inputs that have to be waited for are only where nothing is late.
   */
  private Step.Side side(Timeline timeline, Span window) {
    long windowMillis = window.equals(Span.GLOBAL) || oneIn(3) ? 0 : 10L * (5 + random.nextInt(40));
    List<Step.SideValue> values = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      values.add(new Step.SideValue(random.nextInt(10), time(0, 1000)));
    }
    boolean streamed =
        windowMillis > 0
            && oneIn(2)
            && !timeline.readers()
            && !timeline.hasLateElements()
            && timeline.unbounded();
    return new Step.Side(values, windowMillis, streamed);
  }

  private Aggregation aggregation(Timeline timeline) {
    return switch (random.nextInt(12)) {
      case 0, 1 -> new Aggregation.Group();
      case 2, 3 ->
          new Aggregation.Combine(any(Aggregation.Combine.Function.values()), random.nextInt(3));
      case 4, 5 -> new Aggregation.Join(List.of());
      case 6 -> new Aggregation.Batches(1 + random.nextInt(4));
      case 7, 8, 9 -> {
        Aggregation.Buffer.Flush flush = any(Aggregation.Buffer.Flush.values());
        // A drain ends looping timers.
        boolean loopEnds =
            timeline.kind() == Timeline.Kind.DRAINED_READ && flush == Aggregation.Buffer.Flush.LOOP;
        yield new Aggregation.Buffer(
            loopEnds ? Aggregation.Buffer.Flush.HELD : flush,
            any(Aggregation.Buffer.Store.values()));
      }
      case 10 -> new Aggregation.Deduplicate(random.nextBoolean());
      default -> new Aggregation.Totals(1 + random.nextInt(3));
    };
  }

  private Windowing windowing(Aggregation aggregation, boolean unbounded) {
    Windowing.Shape shape = shape(aggregation.stateful());
    boolean global = shape instanceof Windowing.Global;
    // Beam's GroupIntoBatches sets its timer at the window's end plus the allowed lateness, which
    // lies beyond the end of time for the global window.
    return windowing(shape, unbounded && global, global && aggregation.stateful());
  }

  private Windowing windowing(Windowing.Shape shape, boolean needsTrigger, boolean noLateness) {
    long lateness = noLateness || oneIn(3) ? 0 : 10L * random.nextInt(60);
    TriggerSpec trigger = new RandomTrigger(random).make(lateness);
    boolean refused = needsTrigger && trigger instanceof TriggerSpec.Default;
    return new Windowing(
        shape,
        refused ? new TriggerSpec.Forever(new TriggerSpec.Count(2)) : trigger,
        random.nextBoolean(),
        lateness,
        any(Windowing.OutputTime.values()),
        oneIn(4));
  }

  private Windowing.Shape shape(boolean stateful) {
    return switch (random.nextInt(stateful ? 5 : 7)) {
      case 0, 1 -> new Windowing.Fixed(10L * (5 + random.nextInt(30)), 10L * random.nextInt(5));
      case 2, 3 -> {
        long period = 10L * (3 + random.nextInt(10));
        yield new Windowing.Sliding(period * (1 + random.nextInt(3)), period);
      }
      case 4 -> new Windowing.Global();
      default -> new Windowing.Sessions(10L * (1 + random.nextInt(15)));
    };
  }

  /** A second aggregation for one pipeline in two, if it knows what to expect. */
  private Optional<PipelineSpec.Second> second(Aggregation aggregation) {
    if (oneIn(2)) {
      return Optional.empty();
    }
    Aggregation.Combine.Function function = any(Aggregation.Combine.Function.values());
    if (aggregation instanceof Aggregation.Combine first) {
      function =
          first.function() == Aggregation.Combine.Function.MAXIMUM
              ? Aggregation.Combine.Function.MAXIMUM
              : Aggregation.Combine.Function.SUM;
    }
    return Optional.of(
        new PipelineSpec.Second(
            1 + random.nextInt(KEYS),
            new Aggregation.Combine(function, random.nextInt(2)),
            oneIn(2) ? 0 : 10L * (1 + random.nextInt(20))));
  }

  private boolean oneIn(int chances) {
    return random.nextInt(chances) == 0;
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
