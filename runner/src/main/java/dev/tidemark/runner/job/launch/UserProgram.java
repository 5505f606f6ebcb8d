package dev.tidemark.runner.job.launch;

import dev.tidemark.runner.job.JobFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.LogManager;

/**
 * The first class of the JVM that {@code ./run} starts: calls the user's {@code main}, and says in
 * a line why it failed, if it did.
 *
 * <p>Exit status 2 when the pipeline was asked for something that cannot be (an unknown option),
 * else 1 for whatever {@code main} throws. As with plain {@code java}, the JVM then waits for
 * threads that are still at work.
 */
public final class UserProgram {
  /** The system property that says whether the log is shown as {@code ./run} has it. */
  static final String LOGGING = "tidemark.logging";

  private UserProgram() {}

  /** Takes the name of the user's class and its arguments. */
  public static void main(String[] arguments) throws Throwable {
    if (Boolean.getBoolean(LOGGING)
        && System.getProperty("java.util.logging.config.file") == null) {
      configureLogging();
    }
    Method main;
    try {
      main = mainOf(arguments[0]);
    } catch (UsageException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(Launcher.USAGE);
      return;
    }
    try {
      main.invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
    } catch (InvocationTargetException e) {
      fail(e.getCause() == null ? e : e.getCause());
    }
  }

  private static void configureLogging() throws IOException {
    try (InputStream settings = UserProgram.class.getResourceAsStream("logging.properties")) {
      LogManager.getLogManager().readConfiguration(Objects.requireNonNull(settings));
    }
  }

  private static Method mainOf(String name) throws UsageException {
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      Method main = Class.forName(name, false, loader).getMethod("main", String[].class);
      if (!Modifier.isStatic(main.getModifiers()) || main.getReturnType() != void.class) {
        throw new NoSuchMethodException(name);
      }
      main.setAccessible(true);
      return main;
    } catch (ClassNotFoundException e) {
      throw new UsageException("there is no class " + name + ".");
    } catch (NoSuchMethodException e) {
      throw new UsageException(
          "class " + name + " has no public static void main(String[]): which class is to be run?");
    } catch (LinkageError e) {
      throw new UsageException(missing(e).orElse("class " + name + " cannot be loaded: " + e));
    }
  }

  private static void fail(Throwable thrown) throws Throwable {
    PrintStream errors = System.err;
    Optional<String> usage = OptionErrors.describe(thrown);
    if (usage.isPresent()) {
      errors.println("error: " + usage.get());
      System.exit(Launcher.USAGE);
    }
    if (thrown instanceof JobFailedException) {
      errors.println("error: " + thrown.getMessage());
      if (thrown.getCause() != null) {
        thrown.getCause().printStackTrace(errors);
      }
    } else {
      missing(thrown)
          .or(() -> ConstructionErrors.describe(thrown))
          .ifPresent(message -> errors.println("error: " + message));
      thrown.printStackTrace(errors);
    }
    // Said already; thrown on for the sake of the exit status.
    Thread.currentThread().setUncaughtExceptionHandler((thread, again) -> {});
    throw thrown;
  }

  private static Optional<String> missing(Throwable thrown) {
    return thrown instanceof NoClassDefFoundError && thrown.getMessage() != null
        ? Optional.of(
            "class "
                + thrown.getMessage().replace('/', '.')
                + " is missing. If the jar does not hold its dependencies, say where they are:"
                + " ./run -cp 'lib/*' <jar>")
        : Optional.empty();
  }
}
