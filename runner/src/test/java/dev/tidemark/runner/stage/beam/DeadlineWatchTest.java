package dev.tidemark.runner.stage.beam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeadlineWatchTest {
  private static final String NAME = "deadline-watch-test";

  private final List<DeadlineWatch> open = new ArrayList<>();

  private DeadlineWatch watch(long millis) {
    DeadlineWatch watch = new DeadlineWatch(millis, NAME, getClass().getClassLoader());
    open.add(watch);
    return watch;
  }

  private static Future<?> schedule(DeadlineWatch.Slot slot, long millis, Runnable task) {
    return slot.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(NAME))
        .toList();
  }

  @AfterEach
  void noThreadIsLeft() {
    open.forEach(DeadlineWatch::close);
    assertThat(threads()).isEmpty();
  }

  @Test
  void aTaskRunsOnceItsTimeHasPassedWhateverItsThreadDoes() throws Exception {
    DeadlineWatch.Slot slot = watch(20).slot();
    AtomicInteger runs = new AtomicInteger();
    long start = System.nanoTime();

    Future<?> first = schedule(slot, 20, runs::incrementAndGet);
    assertThat(first.isDone()).isFalse();
    first.get();

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
    assertThat(first.cancel(true)).isFalse();
    schedule(slot, 20, () -> {}).get();
    assertThat(runs).hasValue(1);
  }

  @Test
  void tasksOfManySlotsAllRun() throws Exception {
    DeadlineWatch watch = watch(5);
    CountDownLatch ran = new CountDownLatch(300);
    List<DeadlineWatch.Slot> slots = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      slots.add(watch.slot());
    }
    for (int round = 0; round < 3; round++) {
      List<Future<?>> futures = new ArrayList<>();
      slots.forEach(slot -> futures.add(schedule(slot, 5, ran::countDown)));
      for (Future<?> future : futures) {
        future.get();
      }
    }
    assertThat(ran.getCount()).isZero();
  }

  @Test
  void whatIsCancelledDoesNotRunAndWhatIsNotRunsOnce() throws Exception {
    DeadlineWatch watch = watch(1);
    AtomicInteger broken = new AtomicInteger();
    AtomicInteger cancelled = new AtomicInteger();
    AtomicInteger expired = new AtomicInteger();
    List<Thread> users = new ArrayList<>();
    for (int user = 0; user < 3; user++) {
      DeadlineWatch.Slot slot = watch.slot();
      Random random = new Random(user);
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  AtomicInteger runs = new AtomicInteger();
                  Future<?> task = schedule(slot, 1, runs::incrementAndGet);
                  long until = System.nanoTime() + random.nextInt(1_500_000);
                  while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                  }
                  boolean gone = task.cancel(true);
                  (gone ? cancelled : expired).incrementAndGet();
                  if (runs.get() != (gone ? 0 : 1) || task.isCancelled() != gone) {
                    broken.incrementAndGet();
                  }
                }
              });
      users.add(thread);
      thread.start();
    }
    for (Thread user : users) {
      user.join();
    }
    assertThat(broken).hasValue(0);
    assertThat(cancelled).hasPositiveValue();
    assertThat(expired).hasPositiveValue();
  }

  @Test
  void whoCancelsARunningTaskWaitsForItsEnd() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    Thread canceller = Thread.currentThread();
    Future<?> task =
        schedule(
            watch(1).slot(),
            1,
            () -> {
              running.countDown();
              while (canceller.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
              }
              ended.set(true);
            });

    running.await();
    assertThat(task.cancel(true)).isFalse();
    assertThat(ended).isTrue();
    assertThat(task.get()).isNull();
  }

  @Test
  void aCancelledTaskHasNoResult() {
    Future<?> task = schedule(watch(10_000).slot(), 10_000, () -> {});

    assertThatThrownBy(() -> task.get(1, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(task.cancel(true)).isTrue();
    assertThat(task.isDone()).isTrue();
    assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
  }

  @Test
  void aTaskThatThrowsOrInterruptsDisturbsNoOther() throws Exception {
    DeadlineWatch.Slot slot = watch(1).slot();
    RuntimeException thrown = new IllegalStateException("no");
    Future<?> failing =
        schedule(
            slot,
            1,
            () -> {
              Thread.currentThread().interrupt();
              throw thrown;
            });

    assertThatThrownBy(failing::get).isInstanceOf(ExecutionException.class).hasCause(thrown);
    AtomicBoolean ran = new AtomicBoolean();
    schedule(slot, 1, () -> ran.set(true)).get();
    assertThat(ran).isTrue();
  }

  @Test
  void theThreadStartsWithTheFirstTaskAndSleepsWhenThereIsNone() throws Exception {
    DeadlineWatch.Slot slot = watch(1).slot();
    assertThat(threads()).isEmpty();

    for (int i = 0; i < 3; i++) {
      schedule(slot, 1, () -> {}).get();
      Thread thread = threads().get(0);
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aTaskThatNobodyCancelsGivesWayToTheNext() throws Exception {
    DeadlineWatch.Slot slot = watch(50).slot();
    AtomicInteger runs = new AtomicInteger();
    for (int i = 0; i < 1_000; i++) {
      schedule(slot, 50, () -> runs.addAndGet(1_000));
    }
    schedule(slot, 50, runs::incrementAndGet).get();
    assertThat(runs.get() % 1_000).isEqualTo(1);
  }

  @Test
  void closingRunsNothingThatIsNotDue() throws Exception {
    DeadlineWatch watch = watch(10_000);
    AtomicBoolean ran = new AtomicBoolean();
    schedule(watch.slot(), 10_000, () -> ran.set(true));
    schedule(watch.slot(), 10_000, () -> ran.set(true));
    watch.close();
    assertThat(threads()).isEmpty();
    assertThat(ran).isFalse();
  }

  @Test
  void anotherDelayIsRefused() {
    DeadlineWatch.Slot slot = watch(10).slot();
    assertThatThrownBy(() -> schedule(slot, 11, () -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
