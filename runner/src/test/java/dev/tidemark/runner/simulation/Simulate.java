package dev.tidemark.runner.simulation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs random pipelines for as long as asked: {@code runner/simulate --help}. */
final class Simulate {
  private static final String HELP =
      """
      Runs random pipelines and compares what they put out with what it should be.

        --minutes=N      for how long; default 10
        --first=N        with which seed to begin; default: one that nobody has tried
        --seed=N         only this one
        --lanes=1,2,4    with how many lanes each
        --crashes        only as jobs that keep their state, crash again and again, and go on
        --runner=NAME    on which runner: TidemarkRunner or DirectRunner
        --threads=N      how many at the same time; default: the cores

      The exit status is 1 if one fails, which is then made as small as can be and printed.
      """;

  private Simulate() {}

  /** Called by the script. */
  public static void main(String[] arguments) {
    System.exit(run(new Arguments(arguments)));
  }

  private static int run(Arguments arguments) {
    if (arguments.asksForHelp()) {
      System.out.print(HELP);
      return 0;
    }
    String runner = arguments.text("runner", "TidemarkRunner");
    List<Integer> lanes = arguments.numbers("lanes", "1,2,4");
    boolean ours = runner.equals("TidemarkRunner");
    Trial trial =
        arguments.has("crashes") ? Trial.ofCrashes() : new Trial(runner, lanes, ours, ours);
    long single = arguments.number("seed", -1);
    long first = arguments.number("first", System.currentTimeMillis());
    Campaign campaign = new Campaign(single >= 0 ? single : first, seed -> trial);
    long end = System.nanoTime() + Duration.ofMinutes(arguments.number("minutes", 10)).toNanos();
    ScheduledExecutorService progress = Executors.newSingleThreadScheduledExecutor();
    progress.scheduleAtFixedRate(
        () -> System.out.printf("%d pipelines, seeds from %d%n", campaign.done(), first),
        10,
        10,
        TimeUnit.SECONDS);
    int cores = Runtime.getRuntime().availableProcessors();
    String failure =
        campaign.run(
            single >= 0 ? 1 : (int) arguments.number("threads", cores),
            seed -> single >= 0 ? seed == single : System.nanoTime() < end);
    progress.shutdownNow();
    return report(campaign, failure);
  }

  private static int report(Campaign campaign, @Nullable String failure) {
    System.out.printf(
        "%d pipelines, %s%n", campaign.done(), failure == null ? "all as they should be" : failure);
    return failure == null ? 0 : 1;
  }

  /** Arguments of the form {@code --name=value}. */
  private record Arguments(List<String> all) {
    Arguments(String[] all) {
      this(List.of(all));
    }

    boolean has(String name) {
      return all.contains("--" + name);
    }

    boolean asksForHelp() {
      return all.contains("--help") || all.contains("-h");
    }

    String text(String name, String otherwise) {
      String prefix = "--" + name + "=";
      return all.stream()
          .filter(each -> each.startsWith(prefix))
          .map(each -> each.substring(prefix.length()))
          .findFirst()
          .orElse(otherwise);
    }

    long number(String name, long otherwise) {
      return Long.parseLong(text(name, Long.toString(otherwise)));
    }

    List<Integer> numbers(String name, String otherwise) {
      return List.of(text(name, otherwise).split(",", -1)).stream().map(Integer::valueOf).toList();
    }
  }
}
