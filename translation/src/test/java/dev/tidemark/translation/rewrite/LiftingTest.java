package dev.tidemark.translation.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.AfterAll;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.CalendarWindows;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

class LiftingTest {
  private static final Duration MINUTE = Duration.standardMinutes(1);

  @Test
  void needsWindowsThatDoNotMerge() throws IOException {
    assertThat(isAllowed(new GlobalWindows())).isTrue();
    assertThat(isAllowed(FixedWindows.of(MINUTE))).isTrue();
    assertThat(isAllowed(SlidingWindows.of(MINUTE))).isTrue();
    assertThat(isAllowed(CalendarWindows.days(1))).isTrue();
  }

  @Test
  void acceptsWindowsThatAreMergedAlready() throws IOException {
    assertThat(
            Lifting.isAllowed(
                proto(
                    WindowingStrategy.of(Sessions.withGapDuration(MINUTE))
                        .withAlreadyMerged(true))))
        .isTrue();
  }

  @Test
  void acceptsSessionsWhereTheRunnerMergesThem() throws IOException {
    RunnerApi.WindowingStrategy sessions =
        proto(WindowingStrategy.of(Sessions.withGapDuration(MINUTE)));
    assertThat(Lifting.isAllowed(sessions)).isTrue();
    assertThat(Lifting.isAllowedInHarness(sessions)).isFalse();
  }

  @Test
  void trustsKnownWindowsOnlyWhereTheSdkDoesNotSay() throws IOException {
    assertThat(Lifting.isAllowedInHarness(withoutMergeStatus(FixedWindows.of(MINUTE)))).isTrue();
    assertThat(Lifting.isAllowedInHarness(withoutMergeStatus(Sessions.withGapDuration(MINUTE))))
        .isFalse();
    assertThat(Lifting.isAllowed(withoutMergeStatus(CalendarWindows.days(1)))).isFalse();
  }

  @Test
  void acceptsTriggersOfTime() throws IOException {
    Trigger.OnceTrigger time = AfterProcessingTime.pastFirstElementInPane().plusDelayOf(MINUTE);
    assertThat(isAllowed(DefaultTrigger.of())).isTrue();
    assertThat(isAllowed(Never.ever())).isTrue();
    assertThat(isAllowed(Repeatedly.forever(time))).isTrue();
    assertThat(isAllowed(AfterWatermark.pastEndOfWindow().withEarlyFirings(time))).isTrue();
    assertThat(isAllowed(Repeatedly.forever(time).orFinally(AfterWatermark.pastEndOfWindow())))
        .isTrue();
  }

  @Test
  void refusesTriggersThatCount() throws IOException {
    Trigger.OnceTrigger time = AfterProcessingTime.pastFirstElementInPane();
    Trigger.OnceTrigger count = AfterPane.elementCountAtLeast(2);
    assertThat(isAllowed(count)).isFalse();
    assertThat(isAllowed(Repeatedly.forever(count))).isFalse();
    assertThat(isAllowed(AfterFirst.of(time, count))).isFalse();
    assertThat(isAllowed(AfterAll.of(time, count))).isFalse();
    assertThat(isAllowed(AfterWatermark.pastEndOfWindow().withEarlyFirings(count))).isFalse();
    assertThat(isAllowed(AfterWatermark.pastEndOfWindow().withLateFirings(count))).isFalse();
    assertThat(isAllowed(Repeatedly.forever(time).orFinally(count))).isFalse();
    assertThat(
            Lifting.isAllowed(
                proto(WindowingStrategy.globalDefault()).toBuilder().clearTrigger().build()))
        .isFalse();
  }

  private static boolean isAllowed(WindowFn<?, ?> windows) throws IOException {
    return Lifting.isAllowed(proto(WindowingStrategy.of(windows)));
  }

  private static boolean isAllowed(Trigger trigger) throws IOException {
    return Lifting.isAllowed(
        proto(WindowingStrategy.of(FixedWindows.of(MINUTE)).withTrigger(trigger)));
  }

  private static RunnerApi.WindowingStrategy withoutMergeStatus(WindowFn<?, ?> windows)
      throws IOException {
    return proto(WindowingStrategy.of(windows)).toBuilder().clearMergeStatus().build();
  }

  private static RunnerApi.WindowingStrategy proto(WindowingStrategy<?, ?> windowing)
      throws IOException {
    return WindowingStrategyTranslation.toProto(
        windowing, SdkComponents.create(PipelineOptionsFactory.create()));
  }
}
