package dev.tidemark.runner.stage.beam;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.dynamic.scaffold.subclass.ConstructorStrategy;
import net.bytebuddy.implementation.MethodCall;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import net.bytebuddy.matcher.ElementMatchers;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.ArgumentProvider;
import org.jspecify.annotations.Nullable;

/**
 * Completes classes that have to answer whether a drain has caused what a function is called with.
 * The type of that answer is new in Beam 2.73, so no source that has it compiles with Beam 2.70,
 * and no class without it can stand for Beam's contexts from 2.73 on.
 *
 * <p>Thread-safe.
 */
public final class DrainAnswers {
  private static final String ASKED_BY = "causedByDrain";

  /** Whether this version of Beam asks for it where arguments are provided. */
  private static final boolean ASKED_FOR =
      Arrays.stream(ArgumentProvider.class.getMethods())
          .anyMatch(method -> method.getName().equals(ASKED_BY));

  private DrainAnswers() {}

  /** Knows the answer. */
  public interface Known {
    /** Whether a drain has caused it. */
    boolean isCausedByDrain();
  }

  /**
   * Makes a subclass of {@code type} that has Beam's methods for the answer, if Beam has such.
   *
   * @param type an abstract class with one constructor, or one that can do without those methods
   * @param lookup of the package of {@code type}
   */
  public static <T extends Known> Class<? extends T> complete(
      Class<T> type, MethodHandles.Lookup lookup) {
    if (!ASKED_FOR && !Modifier.isAbstract(type.getModifiers())) {
      return type;
    }
    try {
      return new ByteBuddy()
          .subclass(type, ConstructorStrategy.Default.IMITATE_SUPER_CLASS_OPENING)
          .method(ElementMatchers.named(ASKED_BY))
          .intercept(
              MethodCall.invoke(DrainAnswers.class.getMethod("answer", Known.class))
                  .withThis()
                  .withAssigner(Assigner.DEFAULT, Assigner.Typing.DYNAMIC))
          .make()
          .load(type.getClassLoader(), ClassLoadingStrategy.UsingLookup.of(lookup))
          .getLoaded();
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes an instance of a class that {@link #complete} gave. */
  public static <T> T instance(Class<T> type, @Nullable Object... arguments) {
    try {
      return type.cast(type.getDeclaredConstructors()[0].newInstance(arguments));
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The answer in Beam's words; called by the classes that are made here. */
  public static Object answer(Known known) {
    return BeamCompat.drainAnswer(known.isCausedByDrain());
  }
}
