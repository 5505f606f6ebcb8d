package dev.tidemark.suite;

import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.Request;
import org.junit.runner.manipulation.Filter;

/**
 * The forked JVM: runs the tests that the parent names, one class at a time, and reports each over
 * standard output. What the tests print goes to a log file of its class.
 *
 * <p>Arguments: the time limit of a test in milliseconds and the directory of the log files.
 */
public final class WorkerMain {
  private final PrintStream wire;
  private final Duration limit;
  private final Path logs;

  private WorkerMain(PrintStream wire, Duration limit, Path logs) {
    this.wire = wire;
    this.limit = limit;
    this.logs = logs;
  }

  /** Serves the parent until it closes standard input. */
  public static void main(String[] arguments) throws IOException {
    PrintStream wire = System.out;
    Path logs = Path.of(arguments[1]);
    Files.createDirectories(logs);
    // Handlers of java.util.logging keep the stream they first saw, so there is one for good, whose
    // target changes with the class.
    SwitchableStream output = new SwitchableStream();
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(output, true, StandardCharsets.UTF_8));
    new WorkerMain(wire, Duration.ofMillis(Long.parseLong(arguments[0])), logs).serve(output);
    // Threads that a test left behind must not keep this JVM.
    Runtime.getRuntime().halt(0);
  }

  private void serve(SwitchableStream output) throws IOException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      List<String> fields = Wire.parse(line);
      String className = fields.get(1);
      System.setProperty("beamTestPipelineOptions", fields.get(2));
      try (FileOutputStream log =
          new FileOutputStream(logs.resolve(className + ".log").toFile(), true)) {
        output.switchTo(log);
        String failure = runClass(className, new HashSet<>(fields.subList(3, fields.size())));
        send(Wire.DONE, failure, Boolean.toString(heapStaysFull()));
      } finally {
        output.switchTo(java.io.OutputStream.nullOutputStream());
      }
    }
  }

  /** Runs {@code methods}; gives the text of what failed outside of them, or an empty one. */
  private String runClass(String className, Set<String> methods) {
    TestReporter reporter = new TestReporter(this::send);
    try (Watchdog watchdog = new Watchdog(limit, reporter)) {
      watchdog.start();
      JUnitCore core = new JUnitCore();
      core.addListener(reporter);
      Class<?> testClass = Class.forName(className, false, WorkerMain.class.getClassLoader());
      core.run(Request.aClass(testClass).filterWith(new Selection(methods)));
    } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
      return reporter.classFailure() + StackTraces.of(e);
    }
    return reporter.classFailure();
  }

  /** Whether the tests left so much behind that this JVM should be replaced. */
  private static boolean heapStaysFull() {
    if (usedHeap() < 0.5) {
      return false;
    }
    System.gc();
    return usedHeap() > 0.3;
  }

  private static double usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    return (double) (runtime.totalMemory() - runtime.freeMemory()) / runtime.maxMemory();
  }

  private void send(String word, String... fields) {
    synchronized (wire) {
      wire.println(Wire.line(word, List.of(fields)));
      wire.flush();
    }
  }

  /** Keeps the tests of the given names. */
  private static final class Selection extends Filter {
    private final Set<String> methods;

    Selection(Set<String> methods) {
      this.methods = methods;
    }

    @Override
    public boolean shouldRun(Description description) {
      if (description.isTest()) {
        return methods.contains(description.getMethodName());
      }
      return description.getChildren().stream().anyMatch(this::shouldRun);
    }

    @Override
    public String describe() {
      return "the tests the parent asked for";
    }
  }
}
