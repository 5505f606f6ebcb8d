package dev.tidemark.examples;

import java.util.Locale;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/** What the word counts have in common. */
public final class Words {
  private Words() {}

  /** Splits lines into lower-case words; a word is a run of letters, apostrophes allowed within. */
  public static final class Extract extends DoFn<String, String> {
    private final Counter emptyLines = Metrics.counter(Extract.class, "emptyLines");
    private final Distribution lineLength = Metrics.distribution(Extract.class, "lineLength");

    /** Emits the words of one line. */
    @ProcessElement
    public void process(@Element String line, OutputReceiver<String> words) {
      lineLength.update(line.length());
      if (line.isBlank()) {
        emptyLines.inc();
      }
      int start = -1;
      for (int at = 0; at <= line.length(); at++) {
        boolean inWord = at < line.length() && isWordCharacter(line, at);
        if (inWord && start < 0) {
          start = at;
        } else if (!inWord && start >= 0) {
          words.output(line.substring(start, at).toLowerCase(Locale.ROOT));
          start = -1;
        }
      }
    }

    private static boolean isWordCharacter(String line, int at) {
      char character = line.charAt(at);
      if (character != '\'') {
        return Character.isLetter(character);
      }
      return at > 0
          && at + 1 < line.length()
          && Character.isLetter(line.charAt(at - 1))
          && Character.isLetter(line.charAt(at + 1));
    }
  }

  /** Counts the words of lines, per window. */
  public static final class CountWords
      extends PTransform<PCollection<String>, PCollection<KV<String, Long>>> {
    @Override
    public PCollection<KV<String, Long>> expand(PCollection<String> lines) {
      return lines
          .apply("Extract words", ParDo.of(new Extract()))
          .apply("Count each", Count.perElement());
    }
  }

  /** Writes a count as {@code word: count}. */
  public static final class Format extends SimpleFunction<KV<String, Long>, String> {
    @Override
    public String apply(KV<String, Long> count) {
      return count.getKey() + ": " + count.getValue();
    }
  }
}
