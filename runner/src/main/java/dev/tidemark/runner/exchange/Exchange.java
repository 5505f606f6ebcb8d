package dev.tidemark.runner.exchange;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The pages on their way from the lanes of one stage to the lanes of another: in memory as long as
 * the budget lasts, which several exchanges may share, then on disk.
 *
 * <p>Senders and receivers take turns: nobody receives while somebody sends. Within a turn each
 * sending lane touches only its own pages, and so does each receiving lane.
 */
public final class Exchange {

  /** A page on its way. */
  private sealed interface Sent {
    record InMemory(RecordBatch page) implements Sent {}

    record OnDisk(PageFile file, long address) implements Sent {}
  }

  /** What part of the memory may have pages in it whose receivers take nothing for now. */
  private static final int WAITING_SHARE = 8;

  private final SpillSpace space;
  private final List<List<List<Sent>>> pages = new ArrayList<>();
  private final @Nullable PageFile[] files;
  private boolean waiting;

  /** Makes an empty exchange between {@code lanes} lanes and as many. */
  public Exchange(int lanes, SpillSpace space) {
    this.space = space;
    this.files = new @Nullable PageFile[lanes];
    for (int sender = 0; sender < lanes; sender++) {
      List<List<Sent>> byReceiver = new ArrayList<>();
      for (int receiver = 0; receiver < lanes; receiver++) {
        byReceiver.add(new ArrayList<>());
      }
      pages.add(byReceiver);
    }
  }

  /**
   * Puts a page on its way; empty ones are dropped.
   *
   * @throws SpillException if it had to be written to disk and could not
   */
  public void send(int sender, int receiver, RecordBatch page) {
    if (page.size() > 0) {
      pages.get(sender).get(receiver).add(keep(sender, page));
    }
  }

  /**
   * Says whether receivers take nothing for now. Then most of what is sent goes to disk at once: it
   * would take the memory that others need, and have sources stop that it is waiting for. Between
   * turns.
   */
  public void setWaiting(boolean waits) {
    waiting = waits;
  }

  private boolean hasRoom() {
    MemoryBudget budget = space.budget();
    return !waiting || budget.taken() < budget.limit() / WAITING_SHARE;
  }

  private Sent keep(int sender, RecordBatch page) {
    if (hasRoom() && space.budget().tryReserve(page.memoryBytes())) {
      return new Sent.InMemory(page);
    }
    PageFile file = space.roll(files[sender]);
    files[sender] = file;
    file.retain();
    return new Sent.OnDisk(file, file.append(page));
  }

  /** Whether anything is on its way to {@code receiver}. */
  public boolean hasPages(int receiver) {
    for (List<List<Sent>> byReceiver : pages) {
      if (!byReceiver.get(receiver).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Takes the pages for {@code receiver}: those of lane 0 first, each lane's in their order. */
  public Pages take(int receiver) {
    return take(receiver, senders -> 0);
  }

  /**
   * Takes the pages for {@code receiver}, each sender's in their order.
   *
   * @param next says, given how many senders still have pages, which of these is next
   */
  public Pages take(int receiver, IntUnaryOperator next) {
    List<Queue<Sent>> senders = new ArrayList<>();
    for (List<List<Sent>> byReceiver : pages) {
      List<Sent> fromOne = byReceiver.set(receiver, new ArrayList<>());
      if (!fromOne.isEmpty()) {
        senders.add(new ArrayDeque<>(fromOne));
      }
    }
    Queue<Sent> taken = new ArrayDeque<>();
    while (!senders.isEmpty()) {
      int sender = next.applyAsInt(senders.size());
      taken.add(senders.get(sender).remove());
      if (senders.get(sender).isEmpty()) {
        senders.remove(sender);
      }
    }
    return new Pages(taken);
  }

  /**
   * Pages that have arrived; each is let go when the next one is asked for.
   *
   * <p>Owned by the receiving lane.
   */
  public final class Pages {
    private final Queue<Sent> left;

    private Pages(Queue<Sent> left) {
      this.left = left;
    }

    /**
     * The next page, or null if there is none.
     *
     * @throws SpillException if it was on disk and cannot be read
     */
    public @Nullable RecordBatch poll() {
      Sent next = left.poll();
      if (next instanceof Sent.InMemory held) {
        space.budget().release(held.page().memoryBytes());
        return held.page();
      }
      if (next instanceof Sent.OnDisk spilled) {
        RecordBatch page = spilled.file().read(spilled.address());
        if (spilled.file().release()) {
          spilled.file().close();
        }
        return page;
      }
      return null;
    }
  }
}
