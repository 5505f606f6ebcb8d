package dev.tidemark.runner.stage.beam;

import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Makes early and late firings begin anew after each pane, as they are to. Beam's state machines
 * forget that such a trigger has finished, but not that its parts have: {@code
 * AfterFirst.of(elementCountAtLeast(2), …)} would fire for every single element once it has fired.
 *
 * <p>Stateless.
 */
final class RepeatedFirings {
  private RepeatedFirings() {}

  /** The trigger with its early and late firings repeated, however deep in it they are. */
  static RunnerApi.Trigger in(RunnerApi.Trigger trigger) {
    RunnerApi.Trigger.Builder result = trigger.toBuilder();
    switch (trigger.getTriggerCase()) {
      case AFTER_END_OF_WINDOW -> inEndOfWindow(result.getAfterEndOfWindowBuilder());
      case AFTER_ALL ->
          result.getAfterAllBuilder().getSubtriggersBuilderList().forEach(RepeatedFirings::replace);
      case AFTER_ANY ->
          result.getAfterAnyBuilder().getSubtriggersBuilderList().forEach(RepeatedFirings::replace);
      case AFTER_EACH ->
          result
              .getAfterEachBuilder()
              .getSubtriggersBuilderList()
              .forEach(RepeatedFirings::replace);
      case OR_FINALLY -> {
        replace(result.getOrFinallyBuilder().getMainBuilder());
        replace(result.getOrFinallyBuilder().getFinallyBuilder());
      }
      case REPEAT -> replace(result.getRepeatBuilder().getSubtriggerBuilder());
      default -> {
        return trigger;
      }
    }
    return result.build();
  }

  private static void replace(RunnerApi.Trigger.Builder part) {
    RunnerApi.Trigger replaced = in(part.build());
    part.clear().mergeFrom(replaced);
  }

  private static void inEndOfWindow(RunnerApi.Trigger.AfterEndOfWindow.Builder end) {
    if (end.hasEarlyFirings()) {
      end.setEarlyFirings(repeated(end.getEarlyFirings()));
    }
    if (end.hasLateFirings()) {
      end.setLateFirings(repeated(end.getLateFirings()));
    }
  }

  private static RunnerApi.Trigger repeated(RunnerApi.Trigger firings) {
    return RunnerApi.Trigger.newBuilder()
        .setRepeat(RunnerApi.Trigger.Repeat.newBuilder().setSubtrigger(in(firings)))
        .build();
  }
}
