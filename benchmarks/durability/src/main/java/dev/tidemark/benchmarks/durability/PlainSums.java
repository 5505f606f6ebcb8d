package dev.tidemark.benchmarks.durability;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The same sums by hand: as many threads as splits, each of which reads its split, sends elements
 * in batches to the thread that owns their key, and adds up what it is sent in a hash map.
 */
final class PlainSums {
  private static final int BATCH = 1_000;
  private static final int WAITING = 16;

  private final Workload workload;
  private final List<BlockingQueue<long[]>> inboxes = new ArrayList<>();

  PlainSums(Workload workload) {
    this.workload = workload;
    for (int i = 0; i < workload.splits(); i++) {
      inboxes.add(new ArrayBlockingQueue<>(WAITING));
    }
  }

  /** Starts the threads; what is returned completes when all of them have ended. */
  CompletableFuture<?> start() {
    ExecutorService threads = Executors.newFixedThreadPool(workload.splits());
    List<CompletableFuture<?>> running = new ArrayList<>();
    for (int i = 0; i < workload.splits(); i++) {
      running.add(CompletableFuture.runAsync(new Lane(i)::run, threads));
    }
    threads.shutdown();
    return CompletableFuture.allOf(running.toArray(CompletableFuture[]::new));
  }

  /** One of the threads; a batch is keys and values in turn, one of length 0 is a sender's end. */
  private final class Lane {
    private final int lane;
    private final Map<Long, long[]> sums = new HashMap<>();
    private final long[][] open = new long[workload.splits()][2 * BATCH];
    private final int[] filled = new int[workload.splits()];
    private int ended;

    Lane(int lane) {
      this.lane = lane;
    }

    void run() {
      long size = workload.size();
      for (long i = 0; i < size; i++) {
        send(workload.key(lane, i), workload.value(lane, i));
      }
      for (int target = 0; target < open.length; target++) {
        cut(target);
        put(target, new long[0]);
      }
      while (ended < open.length) {
        receive();
        Thread.onSpinWait();
      }
      if (!workload.asks()) {
        sums.values().forEach(sum -> Tally.answered(sum[0]));
      }
    }

    private void send(long key, long value) {
      int target = Math.floorMod(Long.hashCode(key), open.length);
      open[target][filled[target]] = key;
      open[target][filled[target] + 1] = value;
      filled[target] += 2;
      if (filled[target] == open[target].length) {
        cut(target);
        receive();
      }
    }

    private void cut(int target) {
      long[] batch = open[target];
      if (filled[target] < batch.length) {
        batch = Arrays.copyOf(batch, filled[target]);
      }
      if (batch.length > 0) {
        put(target, batch);
      }
      open[target] = new long[2 * BATCH];
      filled[target] = 0;
    }

    /** Who cannot send receives meanwhile, so that nobody waits for each other. */
    private void put(int target, long[] batch) {
      while (!inboxes.get(target).offer(batch)) {
        receive();
      }
    }

    private void receive() {
      for (long[] batch = inboxes.get(lane).poll();
          batch != null;
          batch = inboxes.get(lane).poll()) {
        add(batch);
      }
    }

    private void add(long[] batch) {
      if (batch.length == 0) {
        ended++;
        return;
      }
      int added = 0;
      for (int i = 0; i < batch.length; i += 2) {
        long[] sum = sums.computeIfAbsent(batch[i], any -> new long[1]);
        if (batch[i + 1] == Workload.QUESTION) {
          Tally.answered(sum[0]);
        } else {
          sum[0] += batch[i + 1];
          added++;
        }
      }
      Tally.added(added);
    }
  }
}
