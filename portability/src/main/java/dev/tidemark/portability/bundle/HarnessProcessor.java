package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.WorkSharer;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import dev.tidemark.runner.stage.failing.ElementGuard;
import dev.tidemark.runner.stage.pardo.WaitingElements;
import dev.tidemark.runner.stage.sdf.WorkItem;
import java.io.IOException;
import java.util.Set;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Runs a node whose functions are in an SDK harness. A bundle of the host becomes one or more
 * bundles of the harness; each is started when there is something for it, and takes effect as a
 * whole when all of it has come back.
 *
 * <p>A key has at most one timer in a bundle, the earliest that is due, as its callback may set or
 * clear the next one, or set one before that; and no element of the key goes before it in the same
 * bundle. Where the SDK does not name the key of a map, a bundle has one key.
 *
 * <p>Owned by the lane.
 */
public final class HarnessProcessor implements WorkSharer {
  private final HarnessNode.Opener opener;
  private @Nullable HarnessNode open;
  private @Nullable OpenBundle current;

  HarnessProcessor(HarnessNode.Opener opener) {
    this.opener = opener;
  }

  @Override
  public void open(NodeContext context) {
    open = opener.open(context);
  }

  private HarnessNode node() {
    if (open == null) {
      throw new IllegalStateException("not open");
    }
    return open;
  }

  @Override
  public void process(WindowedValue<?> element) throws Exception {
    HarnessNode node = node();
    Key key = node.expiry() == null ? node.context().laneKey() : node.context().currentKey();
    WaitingElements waiting = node.waiting();
    if (waiting == null) {
      accept(key, element);
      return;
    }
    for (WindowedValue<?> inOneWindow : ElementMetadata.explodeWindows(element)) {
      BoundedWindow window = inOneWindow.getWindows().iterator().next();
      if (waiting.mustWait(key, window)) {
        waiting.add(key, window, inOneWindow);
      } else {
        accept(key, inOneWindow);
      }
    }
  }

  private void accept(Key key, WindowedValue<?> element) throws Exception {
    SortedElements sorted = node().sorted();
    if (sorted == null) {
      take(key, element);
    } else {
      sorted.add(key, element, node().watermark());
    }
  }

  @SuppressWarnings("unchecked") // elements are opaque here
  private void take(Key key, WindowedValue<?> element) throws Exception {
    HarnessNode node = node();
    if (node.background() != null) {
      node.background().add(WorkItem.of((WindowedValue<Object>) element));
    } else if (node.restrictions() != null) {
      run(node.restrictions(), null, WorkItem.of((WindowedValue<Object>) element));
    } else if (node.expiry() == null) {
      add(new BundleItem.Element(null, element));
    } else {
      for (WindowedValue<?> kept : node.expiry().admit(key, element, node.watermark())) {
        add(new BundleItem.Element(key, kept));
      }
    }
  }

  private void add(BundleItem.Element element) throws Exception {
    ElementGuard guard = node().guard();
    if (guard == null || !guard.leavesOut(element.value(), null, node().context()::afterCommit)) {
      add(element.key() == null ? bundle(node().plan()) : bundle(element.key()), element);
    }
  }

  /** A restriction; if the bundle has taken long enough, it waits for the next one. */
  private void run(Restrictions restrictions, @Nullable Key key, WorkItem item) throws Exception {
    HarnessPlan plan = node().plan(restrictions.truncates(item));
    if (current != null && current.plan().truncates() != plan.truncates()) {
      finish();
    }
    OpenBundle bundle = bundle(plan);
    if (node().isOutOfTime(bundle)) {
      if (key == null) {
        restrictions.add(item);
      }
      return;
    }
    bundle.restrictions().add(new Restrictions.Sent(key, item));
    bundle.hold(item.hold());
    add(bundle, item.input());
  }

  private void add(OpenBundle bundle, WindowedValue<?> restriction) throws Exception {
    try {
      bundle.bundle().add(restriction);
    } catch (HarnessException e) {
      throw blame(bundle, e);
    }
    if (bundle.bundle().isFull()) {
      finish();
    }
  }

  private void add(OpenBundle bundle, BundleItem item) throws Exception {
    if (node().guard() != null) {
      bundle.items().add(item);
    }
    try {
      item.into(bundle);
    } catch (HarnessException e) {
      runInParts(bundle, e);
      return;
    }
    if (bundle.bundle().isFull()) {
      finish();
    }
  }

  /** Goes on without the element that a function fails on, if the job does that. */
  private Set<HarnessTimers.Id> runInParts(OpenBundle bundle, HarnessException failure)
      throws InterruptedException, IOException {
    ElementGuard guard = node().guard();
    if (guard == null || bundle.items().isEmpty() || !failure.isOfFunction()) {
      throw blame(bundle, failure);
    }
    bundle.bundle().forget();
    current = null;
    try {
      return new FailedBundle(node(), guard, bundle.plan(), bundle.items()).run();
    } catch (HarnessException e) {
      throw blame(bundle, e);
    }
  }

  private TransformException blame(OpenBundle bundle, HarnessException failure) {
    return Blame.of(failure, bundle.plan(), node().context().node().fullName());
  }

  private OpenBundle bundle(HarnessPlan plan) {
    if (current == null) {
      current = node().newBundle(plan);
    }
    return current;
  }

  /** A bundle that holds something of a key. */
  private OpenBundle bundle(Key key) throws Exception {
    if (current != null && !node().mayHold(current, key)) {
      finish();
    }
    OpenBundle bundle = bundle(node().plan());
    bundle.keys().add(key);
    return bundle;
  }

  @Override
  public void onTimer(TimerRecord timer) throws Exception {
    HarnessNode node = node();
    StateExpiry expiry = node.keyedExpiry();
    if (current != null && current.keys().contains(timer.key())) {
      Set<HarnessTimers.Id> changed = finish();
      if (changed.contains(HarnessTimers.Id.of(timer))) {
        return;
      }
      if (node.context().timers().nextTimestamp(timer.domain()) < timer.timestampMillis()) {
        // The callback has set one that comes before.
        node.context().timers().set(timer);
        return;
      }
    }
    OpenBundle.KeyWindow window = new OpenBundle.KeyWindow(timer.key(), timer.namespace());
    if (!expiry.isExpiry(timer)) {
      add(
          bundle(timer.key()),
          new BundleItem.Fired(
              timer.key(),
              timer.family(),
              node.timers().fired(timer),
              node.context().causedByDrain(timer) ? HarnessTimers.Id.of(timer) : null,
              timer.domain() == TimeDomain.EVENT_TIME ? null : window,
              null));
    } else if (!expiry.isNow(timer)) {
      return;
    } else if (expiry.hasCallback()) {
      add(
          bundle(timer.key()),
          new BundleItem.Fired(
              timer.key(),
              expiry.callbackFamily(),
              node.timers().expired(timer.key(), expiry.window(timer)),
              null,
              null,
              window));
    } else {
      expiry.clear(timer.key(), timer.namespace());
    }
  }

  /** Elements come before the timers that they may set, and that are due by now. */
  @Override
  public void advanceWatermark(long watermarkMillis) throws Exception {
    releaseWaiting();
    if (node().hasTimers()) {
      finish();
    }
  }

  @Override
  public boolean resumePending() throws Exception {
    releaseWaiting();
    finish();
    BackgroundRestrictions background = node().background();
    if (background != null) {
      background.proceed();
      return true;
    }
    Restrictions restrictions = node().restrictions();
    if (restrictions == null) {
      return true;
    }
    for (Restrictions.Sent due : restrictions.due()) {
      if (current != null && node().isOutOfTime(current)) {
        return false;
      }
      run(restrictions, due.key(), due.item());
    }
    return true;
  }

  private void releaseWaiting() throws Exception {
    WaitingElements waiting = node().waiting();
    if (waiting != null) {
      waiting.release(this::accept);
    }
    SortedElements sorted = node().sorted();
    if (sorted != null) {
      sorted.release(node().context().inputWatermark(), this::take);
    }
  }

  @Override
  public long nextResume() {
    HarnessNode node = node();
    if (current != null && node.hasTimers()) {
      return WorkItem.AT_ONCE;
    }
    if (node.background() != null) {
      return node.background().nextResume();
    }
    return node.restrictions() == null ? Long.MAX_VALUE : node.restrictions().nextResume();
  }

  @Override
  public void help() throws Exception {
    HarnessNode node = node();
    if (!node.context().node().operation().isShareable()) {
      return;
    }
    finish();
    Object part;
    while ((part = node.context().sharedWork().take(node.context().outputWatermark())) != null) {
      BundlePart taken = (BundlePart) part;
      OpenBundle bundle = bundle(node.plan());
      bundle.hold(taken.hold());
      bundle.bundle().add(taken);
      finish();
    }
  }

  @Override
  public void finishBundle() throws Exception {
    finish();
  }

  /** Ends the bundle, if there is one; returns which timers it has set or deleted. */
  private Set<HarnessTimers.Id> finish() throws InterruptedException, IOException {
    OpenBundle bundle = current;
    if (bundle == null) {
      return Set.of();
    }
    try {
      BundleAttempt done = node().complete(bundle);
      current = null;
      return node().apply(bundle, done);
    } catch (HarnessException e) {
      return runInParts(bundle, e);
    }
  }

  @Override
  public long inputHold() {
    return node().inputHold();
  }

  @Override
  public long pendingHold() {
    Restrictions restrictions = node().restrictions();
    long waiting = node().earliestWaiting();
    return restrictions == null ? waiting : Math.min(waiting, restrictions.hold());
  }

  @Override
  public long elementHold() {
    Restrictions restrictions = node().restrictions();
    long waiting = node().earliestWaiting();
    return restrictions == null ? waiting : Math.min(waiting, restrictions.elementHold());
  }

  @Override
  public void restored() {
    node().restored();
  }

  @Override
  public void close() {
    if (current != null) {
      current.bundle().forget();
      current = null;
    }
    if (open != null && open.background() != null) {
      open.background().forget();
    }
  }
}
