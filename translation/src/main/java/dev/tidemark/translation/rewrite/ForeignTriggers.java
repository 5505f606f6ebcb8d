package dev.tidemark.translation.rewrite;

import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimestampTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.Trigger;

/**
 * Puts what SDKs other than Java's mean by triggers of processing time into the words of Beam's
 * Java library, which executes them.
 *
 * <ul>
 *   <li>Theirs fire when the delay is over, Java's when the time has gone beyond it: so the delay
 *       is one millisecond less.
 *   <li>A window with such a trigger and nothing else would close with the first firing and lose
 *       what comes later. Java and Python refuse that; Go does not, and expects the rest at the end
 *       of the window: so it is repeated.
 * </ul>
 */
final class ForeignTriggers {
  private ForeignTriggers() {}

  /** The pipeline with such triggers in its windowing strategies. */
  static RunnerApi.Pipeline adapt(RunnerApi.Pipeline pipeline) {
    RunnerApi.Pipeline.Builder adapted = pipeline.toBuilder();
    pipeline
        .getComponents()
        .getWindowingStrategiesMap()
        .forEach(
            (id, strategy) ->
                adapted
                    .getComponentsBuilder()
                    .putWindowingStrategies(
                        id, strategy.toBuilder().setTrigger(adapt(strategy.getTrigger())).build()));
    return adapted.build();
  }

  private static Trigger adapt(Trigger trigger) {
    Trigger adapted = delaysShortened(trigger);
    return trigger.hasAfterProcessingTime()
        ? Trigger.newBuilder().setRepeat(Trigger.Repeat.newBuilder().setSubtrigger(adapted)).build()
        : adapted;
  }

  private static Trigger delaysShortened(Trigger trigger) {
    Trigger.Builder adapted = trigger.toBuilder();
    switch (trigger.getTriggerCase()) {
      case AFTER_PROCESSING_TIME -> shorten(adapted.getAfterProcessingTimeBuilder());
      case REPEAT -> shortenIn(adapted.getRepeatBuilder().getSubtriggerBuilder());
      case OR_FINALLY -> {
        shortenIn(adapted.getOrFinallyBuilder().getMainBuilder());
        shortenIn(adapted.getOrFinallyBuilder().getFinallyBuilder());
      }
      case AFTER_END_OF_WINDOW -> {
        if (trigger.getAfterEndOfWindow().hasEarlyFirings()) {
          shortenIn(adapted.getAfterEndOfWindowBuilder().getEarlyFiringsBuilder());
        }
        if (trigger.getAfterEndOfWindow().hasLateFirings()) {
          shortenIn(adapted.getAfterEndOfWindowBuilder().getLateFiringsBuilder());
        }
      }
      case AFTER_ALL -> shortenIn(adapted.getAfterAllBuilder().getSubtriggersBuilderList());
      case AFTER_ANY -> shortenIn(adapted.getAfterAnyBuilder().getSubtriggersBuilderList());
      case AFTER_EACH -> shortenIn(adapted.getAfterEachBuilder().getSubtriggersBuilderList());
      default -> {}
    }
    return adapted.build();
  }

  private static void shortenIn(List<Trigger.Builder> triggers) {
    triggers.forEach(ForeignTriggers::shortenIn);
  }

  private static void shortenIn(Trigger.Builder trigger) {
    Trigger shortened = delaysShortened(trigger.build());
    trigger.clear().mergeFrom(shortened);
  }

  private static void shorten(Trigger.AfterProcessingTime.Builder trigger) {
    for (TimestampTransform.Builder transform : trigger.getTimestampTransformsBuilderList()) {
      if (transform.hasDelay() && transform.getDelay().getDelayMillis() > 0) {
        TimestampTransform.Delay.Builder delay = transform.getDelayBuilder();
        delay.setDelayMillis(delay.getDelayMillis() - 1);
        return;
      }
    }
  }
}
