package dev.tidemark.translation.rewrite;

import java.util.List;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;

/**
 * Decides whether a combine may add up elements before the exchange. That changes how many elements
 * the trigger sees and makes elements of one window one, so the windows must be final, or known to
 * merge where they overlap, and the trigger must not count.
 */
final class Lifting {
  private static final Set<String> NON_MERGING_WINDOWS =
      Set.of(
          WindowingStrategyTranslation.GLOBAL_WINDOWS_URN,
          WindowingStrategyTranslation.FIXED_WINDOWS_URN,
          WindowingStrategyTranslation.SLIDING_WINDOWS_URN);

  private Lifting() {}

  /** Whether it may where functions are called directly: there sessions are merged, too. */
  static boolean isAllowed(RunnerApi.WindowingStrategy windowing) {
    return (hasFinalWindows(windowing) || hasSessions(windowing))
        && !counts(windowing.getTrigger());
  }

  /** Whether it may in an SDK harness. */
  static boolean isAllowedInHarness(RunnerApi.WindowingStrategy windowing) {
    return hasFinalWindows(windowing) && !counts(windowing.getTrigger());
  }

  private static boolean hasSessions(RunnerApi.WindowingStrategy windowing) {
    return windowing
        .getWindowFn()
        .getUrn()
        .equals(WindowingStrategyTranslation.SESSION_WINDOWS_URN);
  }

  private static boolean hasFinalWindows(RunnerApi.WindowingStrategy windowing) {
    return switch (windowing.getMergeStatus()) {
      case NON_MERGING, ALREADY_MERGED -> true;
      case UNSPECIFIED -> NON_MERGING_WINDOWS.contains(windowing.getWindowFn().getUrn());
      case NEEDS_MERGE, UNRECOGNIZED -> false;
    };
  }

  /** Whether the number of elements matters to the trigger, or is not known not to. */
  private static boolean counts(RunnerApi.Trigger trigger) {
    return switch (trigger.getTriggerCase()) {
      case DEFAULT, NEVER, AFTER_PROCESSING_TIME, AFTER_SYNCHRONIZED_PROCESSING_TIME -> false;
      case AFTER_END_OF_WINDOW -> {
        RunnerApi.Trigger.AfterEndOfWindow end = trigger.getAfterEndOfWindow();
        yield (end.hasEarlyFirings() && counts(end.getEarlyFirings()))
            || (end.hasLateFirings() && counts(end.getLateFirings()));
      }
      case REPEAT -> counts(trigger.getRepeat().getSubtrigger());
      case OR_FINALLY ->
          counts(trigger.getOrFinally().getMain()) || counts(trigger.getOrFinally().getFinally());
      case AFTER_ALL -> anyCounts(trigger.getAfterAll().getSubtriggersList());
      case AFTER_ANY -> anyCounts(trigger.getAfterAny().getSubtriggersList());
      case AFTER_EACH -> anyCounts(trigger.getAfterEach().getSubtriggersList());
      case ALWAYS, ELEMENT_COUNT, TRIGGER_NOT_SET -> true;
    };
  }

  private static boolean anyCounts(List<RunnerApi.Trigger> triggers) {
    return triggers.stream().anyMatch(Lifting::counts);
  }
}
