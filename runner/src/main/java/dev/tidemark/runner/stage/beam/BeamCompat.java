package dev.tidemark.runner.stage.beam;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Calls of Beam whose signature differs between the versions that are supported, 2.70 to 2.73. What
 * changed is how they say whether a drain caused something: nothing or a boolean first, then the
 * enumeration {@code CausedByDrain}.
 *
 * <p>Thread-safe.
 */
final class BeamCompat {
  private static final MethodHandle ON_TIMER = onTimerHandle();
  private static final Class<?> CAUSED_BY_DRAIN_TYPE =
      handle(WindowedValue.class, "causedByDrain", 0).type().returnType();
  private static final MethodHandle CAUSED_BY_DRAIN = causedByDrainHandle();
  private static final MethodHandle WINDOWED_VALUE = windowedValueHandle();

  private BeamCompat() {}

  /**
   * {@code DoFnRunner.onTimer}.
   *
   * @param causedByDrain whether a drain made the timer fire; up to Beam 2.72 nobody can see it
   */
  static void onTimer(
      DoFnRunner<?, ?> runner,
      String timerId,
      String timerFamilyId,
      @Nullable Object key,
      BoundedWindow window,
      Instant timestamp,
      Instant outputTimestamp,
      TimeDomain domain,
      boolean causedByDrain) {
    try {
      ON_TIMER.invoke(
          runner,
          timerId,
          timerFamilyId,
          key,
          window,
          timestamp,
          outputTimestamp,
          domain,
          causedByDrain);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** {@code WindowedValue.causedByDrain}. */
  static boolean causedByDrain(WindowedValue<?> element) {
    try {
      return (boolean) CAUSED_BY_DRAIN.invokeExact(element);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** Whether a drain caused something, as {@code WindowedValue.causedByDrain} says it. */
  static Object drainAnswer(boolean causedByDrain) {
    Class<?> type = CAUSED_BY_DRAIN_TYPE;
    return type == boolean.class
        ? causedByDrain
        : constant(type, causedByDrain ? "CAUSED_BY_DRAIN" : "NORMAL");
  }

  /** {@code WindowedValues.of} with all that there is. */
  @SuppressWarnings("unchecked") // the element has the type of its value
  static <T> WindowedValue<T> windowedValue(
      @Nullable T value,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane,
      @Nullable String recordId,
      @Nullable Long recordOffset,
      boolean causedByDrain) {
    try {
      return (WindowedValue<T>)
          WINDOWED_VALUE.invoke(
              value, timestamp, windows, pane, recordId, recordOffset, causedByDrain);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static RuntimeException unchecked(Throwable thrown) {
    if (thrown instanceof RuntimeException e) {
      return e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
    return new IllegalStateException("a method of Beam declares no checked exception", thrown);
  }

  private static MethodHandle onTimerHandle() {
    MethodHandle handle = handle(DoFnRunner.class, "onTimer", 7);
    int receiverAndArguments = handle.type().parameterCount();
    return receiverAndArguments == 8
        ? MethodHandles.dropArguments(handle, 8, boolean.class)
        : withBoolean(handle, 8);
  }

  private static MethodHandle causedByDrainHandle() {
    MethodHandle handle = handle(WindowedValue.class, "causedByDrain", 0);
    Class<?> type = handle.type().returnType();
    if (type != boolean.class) {
      MethodHandle isDrain =
          MethodHandles.insertArguments(lookUp("isSame"), 1, constant(type, "CAUSED_BY_DRAIN"));
      handle =
          MethodHandles.filterReturnValue(
              handle, isDrain.asType(MethodType.methodType(boolean.class, type)));
    }
    return handle.asType(MethodType.methodType(boolean.class, WindowedValue.class));
  }

  private static MethodHandle windowedValueHandle() {
    MethodHandle handle =
        Arrays.stream(WindowedValues.class.getMethods())
            .filter(
                method ->
                    method.getName().equals("of")
                        && method.getParameterCount() == 7
                        && method.getParameterTypes()[2] == Collection.class)
            .findFirst()
            .map(BeamCompat::unreflect)
            .orElseThrow(() -> new IllegalStateException("WindowedValues has no method of(7)"));
    return handle.type().parameterType(6) == boolean.class ? handle : withBoolean(handle, 6);
  }

  /** The handle with a boolean in place of its {@code CausedByDrain} at {@code position}. */
  private static MethodHandle withBoolean(MethodHandle handle, int position) {
    Class<?> type = handle.type().parameterType(position);
    MethodHandle choose =
        MethodHandles.guardWithTest(
            MethodHandles.identity(boolean.class),
            answering(constant(type, "CAUSED_BY_DRAIN"), type),
            answering(constant(type, "NORMAL"), type));
    return MethodHandles.filterArguments(handle, position, choose);
  }

  private static MethodHandle answering(Object constant, Class<?> type) {
    return MethodHandles.dropArguments(MethodHandles.constant(type, constant), 0, boolean.class);
  }

  private static boolean isSame(Object one, Object other) {
    return one == other;
  }

  private static MethodHandle lookUp(String ownMethod) {
    try {
      return MethodHandles.lookup()
          .findStatic(
              BeamCompat.class,
              ownMethod,
              MethodType.methodType(boolean.class, Object.class, Object.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The method of that name, with at least so many parameters. */
  private static MethodHandle handle(Class<?> owner, String name, int parameters) {
    return Arrays.stream(owner.getMethods())
        .filter(method -> method.getName().equals(name) && method.getParameterCount() >= parameters)
        .findFirst()
        .map(BeamCompat::unreflect)
        .orElseThrow(() -> new IllegalStateException(owner + " has no method " + name));
  }

  private static MethodHandle unreflect(Method method) {
    try {
      return MethodHandles.publicLookup().unreflect(method);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method + " cannot be called", e);
    }
  }

  private static Object constant(Class<?> type, String name) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> ((Enum<?>) constant).name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(type + " has no " + name));
  }
}
