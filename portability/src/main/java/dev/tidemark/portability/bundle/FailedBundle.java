package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.failing.ElementGuard;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a bundle held that a function failed on, where the job leaves out elements that fail again
 * and again. The harness does not say which one it was; so halves become bundles, which take
 * effect, and halves of those that fail, down to single elements. One that fails alone as often as
 * the job allows is given up. The job does not go back for that.
 *
 * <p>Owned by the lane.
 *
 * @param guard knows the elements that are given up
 * @param plan what runs
 * @param items what the bundle held
 */
record FailedBundle(
    HarnessNode node, ElementGuard guard, HarnessPlan plan, List<BundleItem> items) {

  /**
   * Runs it in parts.
   *
   * @return which timers it has set or deleted
   * @throws HarnessException if something else is to blame than an element: a function fails
   *     without one, or with a timer, or too many elements fail
   */
  Set<HarnessTimers.Id> run() throws IOException, InterruptedException {
    node.runEmpty(plan);
    Set<HarnessTimers.Id> changed = new HashSet<>();
    divide(items, changed);
    return changed;
  }

  private void divide(List<BundleItem> failed, Set<HarnessTimers.Id> changed)
      throws IOException, InterruptedException {
    if (failed.size() == 1) {
      BundleItem alone = failed.get(0);
      changed.addAll(
          alone instanceof BundleItem.Element element ? run(element) : node.run(failed, plan));
      return;
    }
    int half = failed.size() / 2;
    for (List<BundleItem> part :
        List.of(failed.subList(0, half), failed.subList(half, failed.size()))) {
      try {
        changed.addAll(node.run(part, plan));
      } catch (HarnessException e) {
        if (!e.isOfFunction()) {
          throw e;
        }
        divide(part, changed);
      }
    }
  }

  private Set<HarnessTimers.Id> run(BundleItem.Element element)
      throws IOException, InterruptedException {
    while (!guard.leavesOut(element.value(), null, node.context()::afterCommit)) {
      try {
        return node.run(List.of(element), plan);
      } catch (HarnessException e) {
        if (!e.isOfFunction() || isTooMuch(element, e)) {
          throw e;
        }
      }
    }
    return Set.of();
  }

  private boolean isTooMuch(BundleItem.Element element, HarnessException failure)
      throws IOException {
    return switch (guard.failed(element.value(), failure)) {
      case COUNTED, GIVEN_UP -> false;
      case TOO_MANY -> true;
    };
  }
}
