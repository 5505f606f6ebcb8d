package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.portability.worker.Turns;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.SharedWork;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.failing.ElementGuard;
import dev.tidemark.runner.stage.pardo.WaitingElements;
import dev.tidemark.translation.graph.Operation;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/**
 * What there is of a harness node in a lane once it is open.
 *
 * <p>Owned by the lane.
 */
final class HarnessNode {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final NodeContext context;
  private final Opener opener;
  private final WireCoding coding;
  private final CacheTokens tokens;
  private final SideInputAnswers sideInputs;
  private final BundleMetrics metrics;
  private final BundleEffects effects;
  private final Protocols protocols;
  private final BundleWatch.Rules watch;
  private final FailureSamples samples;
  private final HarnessPlan plan;
  private final boolean oneKey;
  private final @Nullable WaitingElements waiting;
  private final @Nullable HarnessTimers timers;
  private final @Nullable StateExpiry expiry;
  private final @Nullable SortedElements sorted;
  private final @Nullable Restrictions restrictions;
  private final @Nullable BackgroundRestrictions background;
  private final @Nullable ElementGuard guard;

  /**
   * Opens the node.
   *
   * @param plans what its bundles are made of
   * @param workers of the job
   * @param lane the number of the lane
   * @param job what all nodes and lanes share
   */
  record Opener(HarnessPlans plans, SdkWorkers workers, int lane, HarnessJob job) {
    HarnessNode open(NodeContext context) {
      return new HarnessNode(context, this);
    }
  }

  private HarnessNode(NodeContext context, Opener opener) {
    this.context = context;
    this.opener = opener;
    this.coding = WireCoding.of(context.components(), context.node());
    this.plan = opener.plans().of(context.node(), false);
    this.sideInputs = new SideInputAnswers(context, plan.transforms());
    this.tokens = new CacheTokens(() -> sideInputs.tokens(opener.plans().sideInputTokens()));
    this.metrics = new BundleMetrics(context, opener.job().metrics(), opener.lane());
    this.effects = new BundleEffects(context, coding, plan, metrics);
    this.protocols = Protocols.of(context.components().graph(), context.node());
    this.watch =
        new BundleWatch.Rules(
            context.node().fullName(),
            settings().supervision(),
            protocols.reportsProgress(),
            opener.job().warnings());
    this.samples =
        new FailureSamples(opener.job().samples() && protocols.samples(), opener.job().warnings());
    List<PCollectionView<?>> views = sideInputs.views();
    this.waiting =
        views.isEmpty() ? null : new WaitingElements(context, views, coding.windowCoder());
    this.oneKey = NamelessMaps.isIn(context.components().graph(), context.node());
    Operation root = ((Operation.Harness) context.node().operation()).root().operation();
    if (root instanceof Operation.ParDo parDo && parDo.stateful()) {
      timers = new HarnessTimers(context, coding, parDo.timerFamilies());
      expiry = new StateExpiry(context, coding, parDo, timers);
      sorted =
          parDo.payload().getRequiresTimeSortedInput() && !context.sortedByTime()
              ? new SortedElements(context)
              : null;
    } else {
      timers = null;
      expiry = null;
      sorted = null;
    }
    this.restrictions =
        root instanceof Operation.ProcessSizedElements ? new Restrictions(context, coding) : null;
    // Side inputs are read by the lane, which had better wait then.
    this.background =
        restrictions != null && isCutShort() && waiting == null && !context.inlineSplittable()
            ? new BackgroundRestrictions(this, restrictions)
            : null;
    this.guard = restrictions == null ? ElementGuard.of(context) : null;
  }

  private HarnessSettings settings() {
    return opener.job().settings();
  }

  NodeContext context() {
    return context;
  }

  /** What runs as a rule. */
  HarnessPlan plan() {
    return plan;
  }

  /** What runs, with restrictions truncated or not. */
  HarnessPlan plan(boolean truncates) {
    return truncates ? opener.plans().of(context.node(), true) : plan;
  }

  /** What waits for side inputs; null if there are none. */
  @Nullable WaitingElements waiting() {
    return waiting;
  }

  /** What is kept by key and window; null if the root is not stateful. */
  @Nullable StateExpiry expiry() {
    return expiry;
  }

  StateExpiry keyedExpiry() {
    return Objects.requireNonNull(expiry, "a timer fired in a node that sets none");
  }

  HarnessTimers timers() {
    return Objects.requireNonNull(timers, "a timer fired in a node that sets none");
  }

  /** Whether the root is stateful, so that timers of it may fire. */
  boolean hasTimers() {
    return timers != null;
  }

  /** The root's restrictions; null if it is not splittable. */
  @Nullable Restrictions restrictions() {
    return restrictions;
  }

  /** Runs the root's restrictions while the lane does other work; null if the lane waits. */
  @Nullable BackgroundRestrictions background() {
    return background;
  }

  /** Leaves out elements that fail; null if the job does not, or for restrictions. */
  @Nullable ElementGuard guard() {
    return guard;
  }

  /** The input watermark by which elements are late: not beyond one that waits. */
  long watermark() {
    return Math.min(context.inputWatermark(), inputHold());
  }

  /** Where the input watermark has to wait for what waits, for side inputs or for its turn. */
  long inputHold() {
    return Math.min(
        waiting == null ? Timestamps.MAX : waiting.earliest(),
        sorted == null ? Timestamps.MAX : sorted.inputHold());
  }

  /** The lowest timestamp of all that waits, for side inputs or for its turn. */
  long earliestWaiting() {
    return Math.min(inputHold(), sorted == null ? Timestamps.MAX : sorted.earliest());
  }

  /** What waits for its turn; null if the input is sorted, or need not be. */
  @Nullable SortedElements sorted() {
    return sorted;
  }

  /** Whether a bundle may hold something of a key. */
  boolean mayHold(OpenBundle bundle, Key key) {
    return !oneKey || bundle.keys().isEmpty() || bundle.keys().contains(key);
  }

  /** Whether a bundle takes no more restrictions. */
  boolean isOutOfTime(OpenBundle bundle) {
    return context.streaming() && bundle.ageNanos() > maxProcessNanos();
  }

  /** Whether bundles of restrictions end before these are done, when they have taken long. */
  private boolean isCutShort() {
    return restrictions != null && context.streaming();
  }

  private long maxProcessNanos() {
    return NANOS_PER_MILLI
        * Math.max(context.maxProcessTime().getMillis(), settings().minProcessMillis());
  }

  private String environmentId() {
    return ((Operation.Harness) context.node().operation()).environmentId();
  }

  /** A streaming job's bundles may wait for something to happen, so they wait for no other. */
  private Turns turns() {
    return context.streaming() ? Turns.unlimited() : opener.workers().turns(environmentId());
  }

  OpenBundle newBundle(HarnessPlan runs) {
    SideInputAnswers answers =
        runs.truncates() ? new SideInputAnswers(context, runs.transforms()) : sideInputs;
    if (oneKey) {
      // What a worker has cached of a map may be another key's.
      tokens.renew();
    }
    Set<Key> keys = new HashSet<>();
    return new OpenBundle(
        new HarnessBundle(
            new HarnessBundle.Surroundings(
                opener.workers(),
                environmentId(),
                turns(),
                opener.lane(),
                runs,
                protocols,
                tokens,
                iterables ->
                    new StateAnswers(
                        new UserState(context, coding, oneKey ? keys.iterator().next() : null),
                        answers,
                        iterables,
                        new Pages(settings().pageBytes())),
                () -> isCutShort() ? new Checkpoint(runs.source(), maxProcessNanos()) : null,
                watch,
                samples,
                metrics,
                context.bundleSpace(),
                background == null ? () -> {} : background::alarm,
                settings()),
            coding),
        runs,
        keys);
  }

  /**
   * Runs a bundle to its end; other lanes may take a part of it meanwhile, if the host lets them.
   */
  BundleAttempt complete(OpenBundle bundle) throws InterruptedException {
    SharedWork sharing = context.sharedWork();
    if (sharing == SharedWork.NONE || bundle.plan().truncates() || turns().limited()) {
      return bundle.bundle().complete(null);
    }
    DivisibleBundle shared = new DivisibleBundle(bundle.hold());
    sharing.begin(shared);
    try {
      return bundle.bundle().complete(shared);
    } finally {
      // First: a lane that waits for a part keeps the other call from returning.
      shared.close();
      sharing.end(shared);
    }
  }

  /** Makes all that a bundle has given take effect; returns which timers it has set or deleted. */
  Set<HarnessTimers.Id> apply(OpenBundle bundle, BundleAttempt done)
      throws IOException, InterruptedException {
    done.state().commit();
    Set<HarnessTimers.Id> changed = Set.of();
    if (timers != null) {
      changed = timers.apply(done.output().timers(), bundle.drained());
    }
    for (OpenBundle.KeyWindow timed : bundle.timed()) {
      keyedExpiry().afterTimer(timed.key(), timed.namespace());
    }
    for (OpenBundle.KeyWindow gone : bundle.expired()) {
      keyedExpiry().clear(gone.key(), gone.namespace());
    }
    if (restrictions != null) {
      restrictions.apply(bundle.restrictions(), done, bundle.plan());
    } else if (done.response().getResidualRootsCount() > 0) {
      throw new HarnessException(
          "the SDK has left over a part of an element, but the transform takes no restrictions");
    }
    effects.apply(done, bundle.plan());
    return changed;
  }

  /** Runs a bundle, and makes it take effect; as {@link #apply}. */
  Set<HarnessTimers.Id> run(List<BundleItem> items, HarnessPlan runs)
      throws IOException, InterruptedException {
    // What a worker has cached may be of a bundle that failed.
    tokens.renew();
    OpenBundle bundle = newBundle(runs);
    try {
      for (BundleItem item : items) {
        item.into(bundle);
      }
      return apply(bundle, complete(bundle));
    } catch (HarnessException e) {
      bundle.bundle().forget();
      throw e;
    }
  }

  /** Runs a bundle with nothing in it, which has no effect: what fails so is no element's fault. */
  void runEmpty(HarnessPlan runs) throws InterruptedException {
    if (oneKey) {
      return; // Its state would be that of a key.
    }
    OpenBundle empty = newBundle(runs);
    try {
      empty.bundle().complete(null).forget();
    } finally {
      empty.bundle().forget();
    }
  }

  void restored() {
    tokens.renew();
    if (waiting != null) {
      waiting.restore();
    }
    if (sorted != null) {
      sorted.restore();
    }
    if (restrictions != null) {
      restrictions.restore();
    }
    if (background != null) {
      background.forget();
    }
  }
}
