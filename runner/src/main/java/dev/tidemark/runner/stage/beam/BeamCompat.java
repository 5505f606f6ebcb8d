package dev.tidemark.runner.stage.beam;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Calls of {@code runners-core} whose signature differs between the versions of Beam that are
 * supported, 2.70 to 2.73.
 *
 * <p>Thread-safe.
 */
final class BeamCompat {
  private static final MethodHandle ON_TIMER = onTimerHandle();

  private BeamCompat() {}

  /** {@code DoFnRunner.onTimer}, which got a parameter more in 2.73: whether a drain caused it. */
  static void onTimer(
      DoFnRunner<?, ?> runner,
      String timerId,
      String timerFamilyId,
      @Nullable Object key,
      BoundedWindow window,
      Instant timestamp,
      Instant outputTimestamp,
      TimeDomain domain) {
    try {
      ON_TIMER.invoke(
          runner, timerId, timerFamilyId, key, window, timestamp, outputTimestamp, domain);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("DoFnRunner.onTimer declares no checked exception", e);
    }
  }

  private static MethodHandle onTimerHandle() {
    Method method =
        Arrays.stream(DoFnRunner.class.getMethods())
            .filter(candidate -> candidate.getName().equals("onTimer"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("DoFnRunner has no method onTimer"));
    try {
      MethodHandle handle = MethodHandles.publicLookup().unreflect(method);
      return method.getParameterCount() == 7
          ? handle
          : MethodHandles.insertArguments(handle, 8, normal(method.getParameterTypes()[7]));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("DoFnRunner.onTimer cannot be called", e);
    }
  }

  /** The constant {@code CausedByDrain.NORMAL}. */
  private static Object normal(Class<?> causedByDrain) {
    return Arrays.stream(causedByDrain.getEnumConstants())
        .filter(constant -> ((Enum<?>) constant).name().equals("NORMAL"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(causedByDrain + " has no NORMAL"));
  }
}
