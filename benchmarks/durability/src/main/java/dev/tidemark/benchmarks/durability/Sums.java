package dev.tidemark.benchmarks.durability;

import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One run as a process of its own: prints what it took, a name and a number a line. */
public final class Sums {
  private static final double SECOND = 1e9;

  private final Settings settings;
  private final long startNanos = System.nanoTime();
  private long openedNanos;

  private Sums(Settings settings) {
    this.settings = settings;
  }

  /** Runs once; the exit status is 0 only if the answer is right. */
  public static void main(String[] args) throws Exception {
    new Sums(Settings.parse(args)).run();
  }

  /** Runs once and prints. */
  static void run(Settings settings) throws Exception {
    new Sums(settings).run();
  }

  private void run() throws Exception {
    TimedStore store = open();
    openedNanos = System.nanoTime();
    boolean resumed = store != null && store.manifest().epoch() > 0;
    CompletableFuture<?> running = start(store);
    long warmedUp = (long) (settings.workload().adds() * settings.warmUp());
    Sample from = awaitAdds(warmedUp, running);
    Sample to = awaitAdds(settings.workload().adds(), running);
    running.get();
    reportStart();
    if (to.adds() > from.adds()) {
      double elements = to.adds() - from.adds();
      report("elements_per_second", elements * SECOND / (to.nanos() - from.nanos()));
      report("cpu_nanos_per_element", (to.cpuNanos() - from.cpuNanos()) / elements);
    }
    if (store != null) {
      reportCommits(store.commitNanos());
      store.close();
    }
    report("peak_resident_megabytes", peakResidentKilobytes() / 1024.0);
    if (!resumed && Tally.total() != settings.workload().answer()) {
      throw new IllegalStateException(
          "the sums come to " + Tally.total() + ", not to " + settings.workload().answer());
    }
  }

  private @Nullable TimedStore open() {
    StateStore store =
        switch (settings.store()) {
          case PLAIN, OBJECTS -> null;
          case HEAP -> new HeapStateStore();
          case DURABLE ->
              RocksStateStore.open(settings.directory(), settings.memoryMegabytes() << 19);
        };
    return store == null ? null : new TimedStore(store);
  }

  private CompletableFuture<?> start(@Nullable StateStore store) {
    if (settings.store() == Settings.Store.PLAIN) {
      return new PlainSums(settings.workload()).start();
    }
    Execution job =
        SumJob.create(
            settings.workload(), store, settings.epochMillis(), settings.memoryMegabytes());
    job.start();
    return job.ended().thenAccept(Sums::check);
  }

  private static void check(Execution.End end) {
    if (!(end instanceof Execution.End.Done)) {
      throw new IllegalStateException(
          end instanceof Execution.End.Failed failed ? failed.text() : "it ended with " + end);
    }
  }

  /** How far a run was at some time. */
  private record Sample(long adds, long nanos, long cpuNanos) {
    static Sample now() {
      return new Sample(Tally.adds(), System.nanoTime(), Tally.cpuNanos());
    }
  }

  private Sample awaitAdds(long adds, CompletableFuture<?> running) throws InterruptedException {
    while (Tally.adds() < adds && !running.isDone()) {
      if (Tally.adds() >= settings.haltAt()) {
        reportStart();
        System.out.flush();
        // As a crash would: nothing is closed.
        Runtime.getRuntime().halt(0);
      }
      Thread.sleep(2);
    }
    return Sample.now();
  }

  private void reportStart() {
    report("open_seconds", (openedNanos - startNanos) / SECOND);
    report("first_result_seconds", (Tally.firstResultNanos() - startNanos) / SECOND);
  }

  private static void reportCommits(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    report("commits", sorted.size());
    if (!sorted.isEmpty()) {
      report("commit_p50_millis", sorted.get(sorted.size() / 2) / 1e6);
      report("commit_p99_millis", sorted.get(sorted.size() * 99 / 100) / 1e6);
    }
  }

  private static long peakResidentKilobytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  private static void report(String name, double value) {
    System.out.printf(Locale.ROOT, "%s %.4f%n", name, value);
  }
}
