package dev.tidemark.benchmarks.workloads;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs one workload as a program written by hand, without Beam. */
public final class ByHand {
  private static final String THREADS = "--threads=";

  private ByHand() {}

  /** Takes the name of a workload, its size, and {@code --threads=2}. */
  public static void main(String[] args) throws Exception {
    List<String> words = Arrays.asList(args);
    List<String> others = new ArrayList<>();
    Size size = Size.of(words.get(0)).with(words.subList(1, words.size()), others);
    int threads = 2;
    for (String other : others) {
      if (!other.startsWith(THREADS)) {
        throw new IllegalArgumentException("Unknown: " + other);
      }
      threads = Integer.parseInt(other.substring(THREADS.length()));
    }
    run(words.get(0), size, threads);
  }

  /** Runs a workload and prints its figures. */
  static void run(String workload, Size size, int threads) throws Exception {
    Figures figures = new Figures(size);
    switch (workload) {
      case "word-count" -> new PlainWordCount(size, threads).run();
      case "group-by-key" -> new PlainGroups(size, threads).run();
      case "group-by-key-large" -> new PlainLargeGroups(size, threads).run();
      case "sum-per-key" -> new PlainSumPerKey(size, threads).run();
      case "ten-pardos" -> new PlainTenSteps(size, threads).run();
      case "co-group-by-key" -> new PlainJoin(size, threads).run();
      case "map-side-input" -> new PlainSideInput(size, threads).run();
      case "windowed-counts" -> new PlainWindows(size, threads, false).run();
      case "stateful", "stateful-unbounded" -> new PlainWindows(size, threads, true).run();
      case "distinct-keys" -> new PlainChecks(size, threads).distinctKeys();
      case "hot-key" -> new PlainChecks(size, threads).hotKey();
      case "co-group-by-key-hot" -> new PlainChecks(size, threads).hotJoin();
      case "map-side-input-large" -> new PlainChecks(size, threads).largeSideInput();
      case "start-up" -> PlainStartUp.run();
      default -> throw new IllegalArgumentException("There is no workload " + workload);
    }
    figures.print();
  }
}
