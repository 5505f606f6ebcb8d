package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.schedule.ManualClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Epochs that wait are committed as one, and finalized one by one. */
@Timeout(60)
class CommitterTest {
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch firstBegan = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private volatile @Nullable RuntimeException failureAfterFirst;

  private Committer committer() {
    return new Committer(
        "test",
        CommitterTest.class.getClassLoader(),
        new ManualClock(0),
        this::commit,
        failure -> events.add("failed: " + failure.getMessage()));
  }

  private void commit(List<SealedState> epochs) {
    RuntimeException failure = failureAfterFirst;
    if (epochs.get(0).epoch() == 1) {
      firstBegan.countDown();
      await(goOn);
    } else if (failure != null) {
      throw failure;
    }
    events.add("commit " + epochs.stream().map(SealedState::epoch).toList());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private SealedEpoch epoch(long number) {
    return new SealedEpoch(
        new SealedState(number, List.of(), List.of()),
        List.of(() -> events.add("mark " + number)),
        List.of(
            new SealedEpoch.BundleFinalizer(
                new Instant(1), () -> events.add("finalizer " + number))),
        () -> events.add("metrics " + number));
  }

  @Test
  void whatWaitsIsCommittedAtOnceAndFinalizedInOrder() throws Exception {
    try (Committer committer = committer()) {
      committer.submit(epoch(1));
      await(firstBegan);
      committer.submit(epoch(2));
      committer.submit(epoch(3));
      goOn.countDown();
      committer.awaitIdle();
      assertThat(events)
          .containsExactly(
              "commit [1]",
              "metrics 1",
              "mark 1",
              "finalizer 1",
              "commit [2, 3]",
              "metrics 2",
              "mark 2",
              "finalizer 2",
              "metrics 3",
              "mark 3",
              "finalizer 3");
    }
  }

  @Test
  void whoHasASealedEpochWaitsWhileTwoDo() throws Exception {
    try (Committer committer = committer()) {
      committer.submit(epoch(1));
      await(firstBegan);
      committer.submit(epoch(2));
      committer.submit(epoch(3));
      Thread driver = new Thread(() -> submit(committer, 4));
      driver.start();
      while (driver.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      goOn.countDown();
      driver.join();
      committer.awaitIdle();
      assertThat(events).contains("commit [2, 3]", "commit [4]", "finalizer 4");
    }
  }

  private void submit(Committer committer, long number) {
    try {
      committer.submit(epoch(number));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aCommitThatFailsCommitsNoneOfItsEpochsAndNoneAfterThem() throws Exception {
    failureAfterFirst = new IllegalStateException("disk");
    try (Committer committer = committer()) {
      committer.submit(epoch(1));
      await(firstBegan);
      committer.submit(epoch(2));
      committer.submit(epoch(3));
      goOn.countDown();
      committer.awaitIdle();
      failureAfterFirst = null;
      committer.submit(epoch(4));
      committer.awaitIdle();
      assertThat(events)
          .containsExactly("commit [1]", "metrics 1", "mark 1", "finalizer 1", "failed: disk");
    }
  }
}
