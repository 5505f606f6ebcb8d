package dev.tidemark.suite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The parent's end of one worker JVM, which it starts when needed and again when it died. Owned by
 * one thread.
 */
final class Worker implements AutoCloseable {
  /** How much longer than the watchdog of a test a silent worker is waited for. */
  private static final Duration GRACE = Duration.ofSeconds(60);

  private final List<String> command;
  private final Duration limit;
  private final ScheduledExecutorService reaper =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "suite-reaper");
            thread.setDaemon(true);
            return thread;
          });
  private @Nullable Process process;

  Worker(List<String> command, Duration limit) {
    this.command = command;
    this.limit = limit;
  }

  /** Runs the tests of a group; each gets exactly one result. */
  void run(TestGroup group, Consumer<TestResult> results) {
    Map<String, SuiteTest> open = new LinkedHashMap<>();
    for (SuiteTest test : group.tests()) {
      open.put(test.id().method(), test);
    }
    while (!open.isEmpty()) {
      int before = open.size();
      String classFailure = attempt(group.optionsAsJson(), open, results);
      // A worker that hung or died may have left tests: another one takes them. One that said
      // nothing about any of them will not say more the next time.
      if (!classFailure.isEmpty() || open.size() == before) {
        for (SuiteTest test : open.values()) {
          String why = classFailure.isEmpty() ? "The test did not report." : classFailure;
          results.accept(new TestResult(test, Outcome.FAILED, Duration.ZERO, why));
        }
        open.clear();
      }
    }
  }

  /** One RUN; takes finished tests out of {@code open}; gives what failed outside of them. */
  private String attempt(
      String options, Map<String, SuiteTest> open, Consumer<TestResult> results) {
    Process running = ensureStarted();
    SuiteTest first = open.values().iterator().next();
    List<String> fields = new ArrayList<>(List.of(first.id().className(), options));
    fields.addAll(open.keySet());
    @Nullable SuiteTest started = null;
    try {
      Writer commands = running.outputWriter(StandardCharsets.UTF_8);
      commands.write(Wire.line(Wire.RUN, fields) + "\n");
      commands.flush();
      for (List<String> reply = read(running); !reply.isEmpty(); reply = read(running)) {
        switch (reply.get(0)) {
          case Wire.START -> started = open.get(reply.get(2));
          case Wire.END -> {
            SuiteTest ended = open.remove(reply.get(2));
            started = null;
            if (ended != null) {
              results.accept(result(ended, reply));
            }
            if (reply.get(5).contains("OutOfMemoryError")) {
              // What filled the heap may still be there: the other tests deserve a new JVM.
              kill();
              return "";
            }
          }
          case Wire.DONE -> {
            if (Boolean.parseBoolean(reply.get(2))) {
              kill();
            }
            return reply.get(1);
          }
          default -> {
            // Something printed past the redirection, such as a crash report of the JVM.
          }
        }
      }
    } catch (IOException e) {
      // The worker is gone; what it leaves is handled below.
    }
    String status = stop();
    if (started != null) {
      open.remove(started.id().method());
      results.accept(
          new TestResult(started, Outcome.FAILED, Duration.ZERO, "The test's JVM died, " + status));
      return "";
    }
    return status.equals("exit status " + Watchdog.EXIT_STATUS) ? "" : "JVM died, " + status;
  }

  private static TestResult result(SuiteTest test, List<String> reply) {
    return new TestResult(
        test,
        Outcome.valueOf(reply.get(3)),
        Duration.ofMillis(Long.parseLong(reply.get(4))),
        reply.get(5));
  }

  private List<String> read(Process running) throws IOException {
    ScheduledFuture<?> guard =
        reaper.schedule(
            running::destroyForcibly,
            limit.multipliedBy(Watchdog.PATIENCE).plus(GRACE).toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      String line = reader(running).readLine();
      return line == null ? List.of() : Wire.parse(line);
    } finally {
      guard.cancel(false);
    }
  }

  private @Nullable BufferedReader reader;

  private BufferedReader reader(Process running) {
    BufferedReader current = reader;
    if (current == null) {
      current =
          new BufferedReader(
              new InputStreamReader(running.getInputStream(), StandardCharsets.UTF_8));
      reader = current;
    }
    return current;
  }

  private Process ensureStarted() {
    Process current = process;
    if (current == null || !current.isAlive()) {
      try {
        reader = null;
        current =
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot start a JVM for the tests: " + command.get(0), e);
      }
      process = current;
    }
    return current;
  }

  private String stop() {
    Process current = process;
    process = null;
    if (current == null) {
      return "never started";
    }
    try {
      if (!current.waitFor(5, TimeUnit.SECONDS)) {
        current.destroyForcibly();
      }
      return "exit status " + current.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      current.destroyForcibly();
      return "interrupted";
    }
  }

  private void kill() {
    Process current = process;
    if (current != null) {
      current.destroyForcibly();
      process = null;
    }
  }

  @Override
  public void close() {
    kill();
    reaper.shutdownNow();
  }
}
