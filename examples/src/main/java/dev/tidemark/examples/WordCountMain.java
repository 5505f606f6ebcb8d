package dev.tidemark.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * Runs {@link WordCount} and prints what a newcomer wants to see: the top words, where the output
 * lies and how long it took.
 */
public final class WordCountMain {
  private static final int TOP = 10;

  private WordCountMain() {}

  private record Count(String word, long count) {
    static Count parse(String line) {
      int colon = line.lastIndexOf(": ");
      return new Count(line.substring(0, colon), Long.parseLong(line.substring(colon + 2)));
    }
  }

  /** Takes {@link WordCount}'s options; without {@code --output} a new directory is made. */
  public static void main(String[] args) throws IOException {
    WordCount.Options options = PipelineOptionsFactory.fromArgs(args).as(WordCount.Options.class);
    if (options.getOutput() == null) {
      options.setOutput(Files.createTempDirectory("wordcount-").resolve("counts").toString());
    }
    long start = System.nanoTime();
    PipelineResult.State state = WordCount.run(options).waitUntilFinish();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (state != PipelineResult.State.DONE) {
      System.err.println("The word count ended in state " + state + ".");
      System.exit(1);
    }
    print(options, took);
  }

  @SuppressWarnings("SystemOut") // the point of this program
  private static void print(WordCount.Options options, Duration took) throws IOException {
    List<Path> files = outputFiles(Path.of(options.getOutput()));
    List<Count> counts = new ArrayList<>();
    for (Path file : files) {
      try (Stream<String> lines = Files.lines(file)) {
        lines.map(Count::parse).forEach(counts::add);
      }
    }
    counts.sort(Comparator.comparingLong(Count::count).reversed().thenComparing(Count::word));
    long words = counts.stream().mapToLong(Count::count).sum();
    System.out.printf(Locale.ROOT, "The %d most frequent words:%n", Math.min(TOP, counts.size()));
    counts.stream()
        .limit(TOP)
        .forEach(c -> System.out.printf(Locale.ROOT, "%,10d  %s%n", c.count(), c.word()));
    System.out.printf(
        Locale.ROOT,
        "%,d words, %,d different ones, from %s%n",
        words,
        counts.size(),
        options.getInputFile());
    System.out.printf(Locale.ROOT, "Output: %s* (%d files)%n", options.getOutput(), files.size());
    System.out.printf(Locale.ROOT, "Took %.1f s.%n", took.toMillis() / 1000.0);
  }

  private static List<Path> outputFiles(Path prefix) {
    Path directory = prefix.toAbsolutePath().getParent();
    Path name = prefix.getFileName();
    if (directory == null || name == null) {
      throw new IllegalArgumentException("--output must name a file prefix, not " + prefix);
    }
    Pattern shard = Pattern.compile(Pattern.quote(name.toString()) + "-\\d+-of-\\d+\\.txt");
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> shard.matcher(file.getFileName().toString()).matches())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
