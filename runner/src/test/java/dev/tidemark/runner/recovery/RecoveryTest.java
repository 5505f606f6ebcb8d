package dev.tidemark.runner.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.recovery.Recovery.CrashPoint;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A job crashes wherever it can, and goes on: nothing is lost, nothing there twice, finalizers come
 * after their commit and at most once, watermarks never go back.
 *
 * <p>{@code -Drecovery.seed=N} runs the random one again, {@code -Drecovery.seeds=N} more of them.
 * With every fourth seed epochs overlap with the commits before them, which the machine decides.
 */
@Timeout(300)
class RecoveryTest {
  private static final int SEEDS = 20;
  private static final int MAX_CRASHES = 8;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void withoutACrashEveryFinalizerIsCalled(int lanes) throws Exception {
    try (Recovery job = new Recovery(lanes)) {
      assertThat(job.process(lanes, CrashPoint.NEVER)).isTrue();
      job.check();
      assertThat(job.witness().finalizersCalled())
          .isEqualTo(job.witness().finalizersRegistered())
          .isPositive();
    }
  }

  @Test
  void itMayCrashInAnyCommit() throws Exception {
    boolean done = false;
    for (long commit = 0; !done; commit++) {
      done = crashOnce(CrashPoint.beforeCommit(commit)) & crashOnce(CrashPoint.afterCommit(commit));
    }
  }

  @Test
  void itMayCrashAtAnyElement() throws Exception {
    boolean done = false;
    for (long element = 0; !done; element += 23) {
      done = crashOnce(CrashPoint.atElement(element));
    }
  }

  /** Returns whether the job was done before it came to its crash. */
  private static boolean crashOnce(CrashPoint point) throws Exception {
    try (Recovery job = new Recovery(7)) {
      boolean done = job.process(2, point);
      assertThat(done || job.process(2, CrashPoint.NEVER)).isTrue();
      job.check();
      return done;
    } catch (AssertionError | Exception e) {
      throw new AssertionError("crash at " + point, e);
    }
  }

  /** Sources that were drained are not read on, though they have more. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aDrainGoesOn(int epochsBeforeCrash) throws Exception {
    try (Recovery job = new Recovery(3).drainIn(5)) {
      boolean done = job.process(2, CrashPoint.afterCommit(5 + epochsBeforeCrash));
      assertThat(done || job.process(4, CrashPoint.NEVER)).isTrue();
      job.checkDrained();
    }
  }

  static LongStream seeds() {
    Long one = Long.getLong("recovery.seed");
    return one == null
        ? LongStream.range(0, Integer.getInteger("recovery.seeds", SEEDS))
        : LongStream.of(one);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void itMayCrashAgainAndAgainAndGoOnWithOtherLanes(long seed) throws Exception {
    Random random = new Random(seed);
    try (Recovery job = seed % 4 == 3 ? new Recovery(seed).overlapping() : new Recovery(seed)) {
      boolean done = false;
      for (int crashes = 0; !done; crashes++) {
        int lanes = 1 << random.nextInt(3);
        done = job.process(lanes, crashes < MAX_CRASHES ? randomPoint(random) : CrashPoint.NEVER);
      }
      job.check();
    } catch (AssertionError | Exception e) {
      throw new AssertionError("-Drecovery.seed=" + seed, e);
    }
  }

  private static CrashPoint randomPoint(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> CrashPoint.beforeCommit(random.nextInt(8));
      case 1 -> CrashPoint.afterCommit(random.nextInt(8));
      default -> CrashPoint.atElement(random.nextInt(150));
    };
  }
}
