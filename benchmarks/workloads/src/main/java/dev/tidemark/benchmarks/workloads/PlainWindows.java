package dev.tidemark.benchmarks.workloads;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * {@link WindowedCounts} and {@link Stateful} by hand: each thread makes its part of the stream and
 * sends it in batches, with how far it is in event time, to the thread that has the key; that adds
 * up in a hash map for each window, and is done with a window when all threads are beyond it.
 * Frozen.
 */
final class PlainWindows {
  private static final int BATCH = 2_000;
  private static final int WAITING = 16;

  private final Size size;
  private final int threads;
  private final boolean sums;
  private final List<BlockingQueue<Batch>> inboxes = new ArrayList<>();

  /**
   * Prepares the program.
   *
   * @param sums whether numbers are summed up; else elements are counted
   */
  PlainWindows(Size size, int threads, boolean sums) {
    this.size = size;
    this.threads = threads;
    this.sums = sums;
    for (int i = 0; i < threads; i++) {
      inboxes.add(new ArrayBlockingQueue<>(WAITING));
    }
  }

  /** Elements of a thread for another, and up to where in event time there are no more of them. */
  private static final class Batch {
    private final int sender;
    private final long[] keys = new long[BATCH];
    private final long[] windows = new long[BATCH];
    private final long[] numbers = new long[BATCH];
    private int count;
    private long watermark;

    Batch(int sender) {
      this.sender = sender;
    }
  }

  void run() throws Exception {
    Threads.run(threads, thread -> new Lane(thread).run());
  }

  /** Owned by its thread. */
  private final class Lane {
    private final int number;
    private final Batch[] open = new Batch[threads];
    private final long[] watermarks = new long[threads];
    private final TreeMap<Long, Map<Long, long[]>> windows = new TreeMap<>();
    private long done = Long.MIN_VALUE;
    private long hashes;
    private long results;

    Lane(int number) {
      this.number = number;
      Arrays.setAll(open, receiver -> new Batch(number));
      Arrays.fill(watermarks, Long.MIN_VALUE);
    }

    Void run() {
      for (long i = number; i < size.elements(); i += threads) {
        long key = Elements.key(i, size.keys());
        long millis = Elements.millis(i, size.perSecond());
        int owner = Threads.owner(key, threads);
        Batch batch = open[owner];
        batch.keys[batch.count] = key;
        batch.windows[batch.count] = millis - millis % Elements.WINDOW_MILLIS;
        batch.numbers[batch.count] = sums ? Elements.number(i) : 1;
        if (++batch.count == BATCH) {
          send(owner, millis);
          receive();
        }
      }
      for (int owner = 0; owner < threads; owner++) {
        send(owner, Long.MAX_VALUE);
      }
      while (done < Long.MAX_VALUE) {
        receive();
        Thread.onSpinWait();
      }
      Checksum.add(hashes, results);
      return null;
    }

    /** Who cannot send receives meanwhile, so that nobody waits for each other. */
    private void send(int owner, long watermark) {
      Batch batch = open[owner];
      batch.watermark = watermark;
      while (!inboxes.get(owner).offer(batch)) {
        receive();
      }
      open[owner] = new Batch(number);
    }

    private void receive() {
      for (Batch batch = inboxes.get(number).poll();
          batch != null;
          batch = inboxes.get(number).poll()) {
        add(batch);
        watermarks[batch.sender] = batch.watermark;
        long watermark = Arrays.stream(watermarks).min().getAsLong();
        if (watermark > done) {
          done = watermark;
          finish();
        }
      }
    }

    private void add(Batch batch) {
      long window = -1;
      Map<Long, long[]> values = Map.of();
      for (int i = 0; i < batch.count; i++) {
        if (batch.windows[i] != window) {
          window = batch.windows[i];
          values = windows.computeIfAbsent(window, any -> new HashMap<>());
        }
        values.computeIfAbsent(batch.keys[i], any -> new long[1])[0] += batch.numbers[i];
      }
    }

    /** Gives out the windows that end before all threads' watermarks. */
    private void finish() {
      long last = done - Elements.WINDOW_MILLIS;
      for (Map.Entry<Long, Map<Long, long[]>> first = windows.firstEntry();
          first != null && first.getKey() <= last;
          first = windows.firstEntry()) {
        windows.remove(first.getKey());
        long lastMillis = first.getKey() + Elements.WINDOW_MILLIS - 1;
        for (Map.Entry<Long, long[]> each : first.getValue().entrySet()) {
          hashes +=
              Elements.hash(Elements.keyInWindow(each.getKey(), lastMillis), each.getValue()[0]);
          results++;
        }
      }
    }
  }
}
