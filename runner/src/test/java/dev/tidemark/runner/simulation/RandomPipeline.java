package dev.tidemark.runner.simulation;

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
    Timeline timeline = oneIn(3) ? created() : streamed();
    Aggregation aggregation = aggregation();
    Windowing windowing = windowing(aggregation, timeline.unbounded());
    return new PipelineSpec(
        seed,
        timeline,
        steps(random.nextInt(3)),
        windowing,
        steps(random.nextInt(3)),
        aggregation,
        second(timeline, windowing, aggregation));
  }

  private Timeline created() {
    return new Timeline(
        Timeline.Kind.CREATE,
        List.of(new Timeline.Elements(elements(random.nextInt(40), 0, 1000))));
  }

  private Timeline streamed() {
    List<Timeline.Event> events = new ArrayList<>();
    boolean lateness = !oneIn(3);
    long now = 0;
    long watermark = Long.MIN_VALUE;
    int length = 3 + random.nextInt(10);
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(5)) {
        case 0, 1, 2 -> {
          long from = lateness || watermark == Long.MIN_VALUE ? now - 300 : watermark + 5;
          events.add(
              new Timeline.Elements(elements(1 + random.nextInt(6), Math.max(0, from), now + 300)));
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
      long time = from + random.nextInt((int) (to - from));
      long rounded = Math.floorDiv(time + 9, 10L) * 10;
      elements.add(
          new Timeline.Element(
              new KeyedValue(random.nextInt(KEYS), random.nextInt(VALUES)), rounded));
    }
    return elements;
  }

  private List<Step> steps(int count) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      steps.add(step());
    }
    return steps;
  }

  private Step step() {
    return switch (random.nextInt(10)) {
      case 0 -> new Step.Add(random.nextInt(10));
      case 1 -> new Step.Rekey(1 + random.nextInt(2 * KEYS));
      case 2 -> new Step.Drop(3 + random.nextInt(3), random.nextInt(3));
      case 3, 4 -> new Step.Explode(2 + random.nextInt(3), random.nextBoolean());
      case 5 -> new Step.AddSide(any(Step.AddSide.View.values()), someValues());
      case 6 -> new Step.Shuffle(any(Step.Shuffle.Kind.values()));
      case 7 -> new Step.Diamond(steps(random.nextInt(2)), steps(random.nextInt(2)));
      case 8 -> new Step.Fork(steps(random.nextInt(2)), steps(random.nextInt(2)));
      default -> new Step.Twice();
    };
  }

  private List<Integer> someValues() {
    List<Integer> values = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      values.add(random.nextInt(10));
    }
    return values;
  }

  private Aggregation aggregation() {
    return switch (random.nextInt(10)) {
      case 0, 1 -> new Aggregation.Group();
      case 2, 3 ->
          new Aggregation.Combine(any(Aggregation.Combine.Function.values()), random.nextInt(3));
      case 4, 5 -> new Aggregation.Join(steps(1 + random.nextInt(2)));
      case 6 -> new Aggregation.Batches(1 + random.nextInt(4));
      case 7 -> new Aggregation.Buffer(any(Aggregation.Buffer.Flush.values()));
      case 8 -> new Aggregation.Deduplicate(random.nextBoolean());
      default -> new Aggregation.Totals(1 + random.nextInt(3));
    };
  }

  private Windowing windowing(Aggregation aggregation, boolean unbounded) {
    Windowing.Shape shape = shape(aggregation.stateful());
    boolean global = shape instanceof Windowing.Global;
    boolean needsTrigger = unbounded && global;
    // Beam's GroupIntoBatches sets its timer at the window's end plus the allowed lateness, which
    // lies beyond the end of time for the global window.
    boolean noLateness = global && aggregation instanceof Aggregation.Batches;
    return new Windowing(
        shape,
        needsTrigger || !oneIn(4) ? trigger() : new Windowing.DefaultTrigger(),
        random.nextBoolean(),
        noLateness || oneIn(3) ? 0 : 10L * random.nextInt(60),
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

  private Windowing.Trigger trigger() {
    int count = 1 + random.nextInt(4);
    long delay = 10L * (1 + random.nextInt(20));
    return switch (random.nextInt(8)) {
      case 0, 1 ->
          new Windowing.EndOfWindow(
              oneIn(2) ? count : 0, oneIn(2) ? delay : 0, 1 + random.nextInt(3));
      case 2 -> new Windowing.EveryCount(count);
      case 3 -> new Windowing.EveryDelay(delay);
      case 4 -> new Windowing.EveryCountOrDelay(count, delay);
      case 5 -> new Windowing.EveryCountAndDelay(count, delay);
      case 6 -> new Windowing.EveryCountUntilEnd(count);
      default -> new Windowing.FirstThenEvery(count, 1 + random.nextInt(4));
    };
  }

  /**
   * A second aggregation sees whatever panes the first one fires, so it is added only where its
   * result does not depend on them.
   */
  private Optional<PipelineSpec.Second> second(
      Timeline timeline, Windowing windowing, Aggregation aggregation) {
    boolean panesAddUp =
        !windowing.accumulating() || windowing.trigger().firesOnce() || aggregation.stateful();
    boolean spansAreFinal = !windowing.sessions() || windowing.trigger().firesOnce();
    if (oneIn(2) || timeline.hasLateElements() || !panesAddUp || !spansAreFinal) {
      return Optional.empty();
    }
    if (aggregation instanceof Aggregation.Totals) {
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
            1 + random.nextInt(KEYS), new Aggregation.Combine(function, random.nextInt(2))));
  }

  private boolean oneIn(int chances) {
    return random.nextInt(chances) == 0;
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
