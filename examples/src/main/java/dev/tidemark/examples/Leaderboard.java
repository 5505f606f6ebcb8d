package dev.tidemark.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/**
 * A leaderboard over a stream of game events: each team's points per window, guessed early,
 * published on time and corrected late; and each player's points so far.
 */
public final class Leaderboard {
  private Leaderboard() {}

  /** What the leaderboard can be told. */
  public interface Options extends PipelineOptions {
    /** How many events are made up. */
    @Description("How many events are made up before the stream ends")
    @Default.Long(10_000)
    long getEvents();

    /** Sets {@link #getEvents}. */
    void setEvents(long events);

    /** What the names of the output files start with. */
    @Description("What the names of the output files start with")
    @Validation.Required
    String getOutput();

    /** Sets {@link #getOutput}. */
    void setOutput(String output);
  }

  /** Events to points per team and fixed window, in accumulating panes. */
  public static final class TeamPoints
      extends PTransform<PCollection<GameEvent>, PCollection<KV<String, Integer>>> {
    private final Duration window;
    private final Duration allowedLateness;
    private final Duration earlyEvery;

    /**
     * Takes the length of a window, how late an event may come, and after how much processing time
     * a guess is published.
     */
    public TeamPoints(Duration window, Duration allowedLateness, Duration earlyEvery) {
      this.window = window;
      this.allowedLateness = allowedLateness;
      this.earlyEvery = earlyEvery;
    }

    @Override
    public PCollection<KV<String, Integer>> expand(PCollection<GameEvent> events) {
      return events
          .apply(
              "Windows of teams",
              Window.<GameEvent>into(FixedWindows.of(window))
                  .triggering(
                      AfterWatermark.pastEndOfWindow()
                          .withEarlyFirings(
                              AfterProcessingTime.pastFirstElementInPane().plusDelayOf(earlyEvery))
                          .withLateFirings(AfterPane.elementCountAtLeast(1)))
                  .withAllowedLateness(allowedLateness)
                  .accumulatingFiredPanes())
          .apply(
              "By team",
              MapElements.into(
                      TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.integers()))
                  .via(event -> KV.of(event.team(), event.points())))
          .apply("Team totals", Sum.integersPerKey());
    }
  }

  /** Events to points per player so far, published after every so many events of a player. */
  public static final class PlayerPoints
      extends PTransform<PCollection<GameEvent>, PCollection<KV<String, Integer>>> {
    private final int publishEvery;

    /** Takes after how many events of a player a new total is published. */
    public PlayerPoints(int publishEvery) {
      this.publishEvery = publishEvery;
    }

    @Override
    public PCollection<KV<String, Integer>> expand(PCollection<GameEvent> events) {
      return events
          .apply(
              "One window of players",
              Window.<GameEvent>into(new GlobalWindows())
                  .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(publishEvery)))
                  .withAllowedLateness(Duration.ZERO)
                  .accumulatingFiredPanes())
          .apply(
              "By player",
              MapElements.into(
                      TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.integers()))
                  .via(event -> KV.of(event.player(), event.points())))
          .apply("Player totals", Sum.integersPerKey());
    }
  }

  private static final class Describe extends DoFn<KV<String, Integer>, String> {
    @ProcessElement
    public void process(
        @Element KV<String, Integer> points,
        BoundedWindow window,
        PaneInfo pane,
        OutputReceiver<String> lines) {
      lines.output(
          window.maxTimestamp()
              + " "
              + pane.getTiming()
              + " "
              + points.getKey()
              + ": "
              + points.getValue());
    }
  }

  /** Plays {@code --events} events and writes every pane of every team. */
  public static void main(String[] args) {
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    Pipeline pipeline = Pipeline.create(options);
    PCollection<GameEvent> events =
        pipeline.apply("Events", Read.from(new GameEventSource(42, options.getEvents())));
    events
        .apply(
            "Team points",
            new TeamPoints(
                Duration.standardMinutes(1), Duration.standardMinutes(10), Duration.millis(100)))
        .apply("Describe", ParDo.of(new Describe()))
        .apply(
            "Write teams",
            TextIO.write()
                .to(options.getOutput())
                .withSuffix(".txt")
                .withWindowedWrites()
                .withNumShards(1));
    pipeline.run().waitUntilFinish();
  }
}
