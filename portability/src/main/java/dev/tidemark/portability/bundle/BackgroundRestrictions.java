package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.sdf.WorkItem;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the restrictions of a streaming job in bundles for which the lane does not wait: it looks
 * after the one under way when the worker has said something, or when it is time to split it, and
 * does other work meanwhile. So a bundle may last from one epoch to another.
 *
 * <p>What is in the bundle also stays in the node's state as it was, and holds the watermark, until
 * all that the bundle gives takes effect in the epoch in which it is done; if it is given up, it
 * was not.
 *
 * <p>Owned by the lane, but for {@link #alarm}.
 */
final class BackgroundRestrictions {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final HarnessNode node;
  private final Restrictions restrictions;
  private @Nullable OpenBundle running;
  private long nextLook;
  private volatile boolean alarmed;

  BackgroundRestrictions(HarnessNode node, Restrictions restrictions) {
    this.node = node;
    this.restrictions = restrictions;
  }

  /** The worker has said something. From any thread. */
  void alarm() {
    alarmed = true;
    node.context().wakeUp();
  }

  /** Takes a new item, for the next bundle. */
  void add(WorkItem item) {
    restrictions.add(item);
  }

  /** Goes on with the bundle under way; if it is done, or there is none, begins the next one. */
  void proceed() throws InterruptedException, IOException {
    try {
      if (running == null || take(running)) {
        begin();
      }
      if (running != null) {
        take(running);
      }
    } catch (HarnessException e) {
      HarnessPlan plan = running == null ? node.plan() : running.plan();
      throw Blame.of(e, plan, node.context().node().fullName());
    }
  }

  /** Lets a bundle take effect if it is done; returns whether it is. */
  private boolean take(OpenBundle bundle) throws InterruptedException, IOException {
    alarmed = false;
    BundleAttempt done = bundle.bundle().proceed();
    if (done == null) {
      long millis = bundle.bundle().nanosLeft() / NANOS_PER_MILLI;
      nextLook = node.context().processingTime() + millis + 1;
      return false;
    }
    node.apply(bundle, done);
    running = null;
    return true;
  }

  /**
   * Begins a bundle of what is due and is to be truncated, or of what is not. As it will be cut
   * short, it takes no more than what is sent at once.
   */
  private void begin() throws InterruptedException, IOException {
    List<Restrictions.Sent> due = restrictions.due();
    if (due.isEmpty()) {
      return;
    }
    boolean truncates = restrictions.truncates(due.get(0).item());
    OpenBundle bundle = node.newBundle(node.plan(truncates));
    running = bundle;
    for (Restrictions.Sent sent : due) {
      if (restrictions.truncates(sent.item()) == truncates && !bundle.bundle().isStarted()) {
        bundle.restrictions().add(sent);
        bundle.bundle().add(sent.item().input());
      }
    }
  }

  /** When there is something to do, in processing time. */
  long nextResume() {
    if (running == null) {
      return restrictions.nextResume();
    }
    return alarmed ? WorkItem.AT_ONCE : nextLook;
  }

  /** Gives up the bundle under way: what is in it stays in the state. */
  void forget() {
    if (running != null) {
      running.bundle().forget();
      running = null;
    }
  }
}
