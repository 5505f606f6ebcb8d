package dev.tidemark.runner.simulation;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the pipelines of one seed after the other until one fails, and shrinks that.
 *
 * <p>Thread-safe.
 */
final class Campaign {
  private static final int TRIES = 300;

  private final LongFunction<Trial> trials;
  private final AtomicLong next;
  private final AtomicLong done = new AtomicLong();
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /**
   * Makes a campaign.
   *
   * @param first the first seed
   * @param trials how the pipeline of a seed is run
   */
  Campaign(long first, LongFunction<Trial> trials) {
    this.next = new AtomicLong(first);
    this.trials = trials;
  }

  /** How many pipelines have been run. */
  long done() {
    return done.get();
  }

  /**
   * Runs pipelines on several threads.
   *
   * @param wanted whether to run the pipeline of a seed; the first that is not ends a thread's work
   * @return what failed, ready to be read, or null
   */
  @Nullable String run(int threads, LongPredicate wanted) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      Callable<Void> work =
          () -> {
            work(wanted);
            return null;
          };
      for (var each : pool.invokeAll(IntStream.range(0, threads).mapToObj(i -> work).toList())) {
        each.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("a campaign broke down", e);
    } finally {
      pool.shutdown();
    }
    return failure.get();
  }

  private void work(LongPredicate wanted) {
    for (long seed = next.getAndIncrement();
        failure.get() == null && wanted.test(seed);
        seed = next.getAndIncrement()) {
      PipelineSpec spec = RandomPipeline.of(seed);
      Trial trial = trials.apply(seed);
      if (!trial.takes(spec)) {
        continue;
      }
      for (Trial way : trial.ways()) {
        String wrong = way.failure(spec);
        if (wrong != null && failure.compareAndSet(null, wrong)) {
          failure.set(report(spec, way, wrong));
          return;
        }
      }
      done.incrementAndGet();
    }
  }

  private static String report(PipelineSpec spec, Trial way, String wrong) {
    System.out.printf("Seed %d fails %s%nIt is being made smaller.%n", spec.seed(), wrong);
    PipelineSpec small = Shrinker.shrink(spec, each -> way.failure(each) != null, TRIES);
    String smallWrong =
        small.equals(spec) ? wrong : Objects.requireNonNullElse(way.failure(small), wrong);
    return "seed " + spec.seed() + " fails " + smallWrong + "\n" + PipelineText.of(small);
  }
}
