package dev.tidemark.runner.exchange;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.IntUnaryOperator;

/**
 * The pages on their way from the lanes of one stage to the lanes of another.
 *
 * <p>Senders and receivers take turns: nobody receives while somebody sends. Within a turn each
 * sending lane touches only its own pages, and so does each receiving lane.
 */
public final class Exchange {
  private final List<List<List<RecordBatch>>> pages = new ArrayList<>();

  /** Makes an empty exchange between {@code lanes} lanes and as many. */
  public Exchange(int lanes) {
    for (int sender = 0; sender < lanes; sender++) {
      List<List<RecordBatch>> byReceiver = new ArrayList<>();
      for (int receiver = 0; receiver < lanes; receiver++) {
        byReceiver.add(new ArrayList<>());
      }
      pages.add(byReceiver);
    }
  }

  /** Puts a page on its way; empty ones are dropped. */
  public void send(int sender, int receiver, RecordBatch page) {
    if (page.size() > 0) {
      pages.get(sender).get(receiver).add(page);
    }
  }

  /** Whether anything is on its way to {@code receiver}. */
  public boolean hasPages(int receiver) {
    for (List<List<RecordBatch>> byReceiver : pages) {
      if (!byReceiver.get(receiver).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes the pages for {@code receiver}: those of lane 0 first, each lane's in their order. Who
   * polls them lets go of each page when done with it.
   */
  public Queue<RecordBatch> take(int receiver) {
    return take(receiver, senders -> 0);
  }

  /**
   * Takes the pages for {@code receiver}, each sender's in their order.
   *
   * @param next says, given how many senders still have pages, which of these is next
   */
  public Queue<RecordBatch> take(int receiver, IntUnaryOperator next) {
    List<Queue<RecordBatch>> senders = new ArrayList<>();
    for (List<List<RecordBatch>> byReceiver : pages) {
      List<RecordBatch> fromOne = byReceiver.get(receiver);
      if (!fromOne.isEmpty()) {
        senders.add(new ArrayDeque<>(fromOne));
        fromOne.clear();
      }
    }
    Queue<RecordBatch> taken = new ArrayDeque<>();
    while (!senders.isEmpty()) {
      int sender = next.applyAsInt(senders.size());
      taken.add(senders.get(sender).remove());
      if (senders.get(sender).isEmpty()) {
        senders.remove(sender);
      }
    }
    return taken;
  }
}
