package dev.tidemark.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Contextful;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Counts words per window of event time, corrects the counts when late lines arrive, and writes
 * each window's counts into files of their own.
 */
public final class WindowedWordCount {
  private WindowedWordCount() {}

  /** The options of {@link WordCount} and the window. */
  public interface Options extends WordCount.Options {
    /** Length of a window. */
    @Description("Length of a window in minutes")
    @Default.Integer(10)
    int getWindowMinutes();

    /** Sets {@link #getWindowMinutes}. */
    void setWindowMinutes(int minutes);
  }

  /**
   * Lines to counts per fixed window: one pane when the watermark passes the window's end, and for
   * each late line within the allowed lateness one more that replaces it.
   */
  public static final class CountPerWindow
      extends PTransform<PCollection<String>, PCollection<KV<String, Long>>> {
    private final Duration size;
    private final Duration allowedLateness;

    /** Takes the length of a window and how late a line may come. */
    public CountPerWindow(Duration size, Duration allowedLateness) {
      this.size = size;
      this.allowedLateness = allowedLateness;
    }

    @Override
    public PCollection<KV<String, Long>> expand(PCollection<String> lines) {
      return lines
          .apply(
              "Window",
              Window.<String>into(FixedWindows.of(size))
                  .triggering(
                      AfterWatermark.pastEndOfWindow()
                          .withLateFirings(AfterPane.elementCountAtLeast(1)))
                  .withAllowedLateness(allowedLateness)
                  .accumulatingFiredPanes())
          .apply("Count words", new Words.CountWords());
    }
  }

  /** Reads {@code milliseconds<TAB>line} and gives the line that timestamp. */
  static final class ParseTimestamped extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String input, OutputReceiver<String> lines) {
      int tab = input.indexOf('\t');
      if (tab < 0) {
        throw new IllegalArgumentException("No tab between time and text in: " + input);
      }
      lines.outputWithTimestamp(
          input.substring(tab + 1), Instant.ofEpochMilli(Long.parseLong(input.substring(0, tab))));
    }

    @Override
    @SuppressWarnings("deprecation") // Beam offers no other way to move a timestamp backwards
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(Long.MAX_VALUE);
    }
  }

  private static final class WithWindow extends DoFn<KV<String, Long>, KV<String, String>> {
    @ProcessElement
    public void process(
        @Element KV<String, Long> count,
        BoundedWindow window,
        OutputReceiver<KV<String, String>> lines) {
      IntervalWindow interval = (IntervalWindow) window;
      String name = interval.start().getMillis() + "-" + interval.end().getMillis();
      lines.output(KV.of(name, count.getKey() + ": " + count.getValue()));
    }
  }

  /** Counts the lines {@code milliseconds<TAB>text} of {@code --inputFile} per window. */
  public static void main(String[] args) {
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Read lines", TextIO.read().from(options.getInputFile()))
        .apply("Parse", ParDo.of(new ParseTimestamped()))
        .apply(
            "Count per window",
            new CountPerWindow(
                Duration.standardMinutes(options.getWindowMinutes()), Duration.standardDays(1)))
        .apply("Name the window", ParDo.of(new WithWindow()))
        .apply(
            "Write a file per window",
            FileIO.<String, KV<String, String>>writeDynamic()
                .by(KV::getKey)
                .via(Contextful.fn(KV::getValue), TextIO.sink())
                .withDestinationCoder(StringUtf8Coder.of())
                .withNaming(window -> FileIO.Write.defaultNaming("window-" + window, ".txt"))
                .withNumShards(1)
                .to(options.getOutput()));
    pipeline.run().waitUntilFinish();
  }
}
