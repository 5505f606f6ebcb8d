package dev.tidemark.runner.kill;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A process of the job.
 *
 * <p>Owned by one thread.
 */
final class JobProcess {
  private static final int KILLED = 128 + 9;
  private static final int LINES_SHOWN = 40;

  private final Process process;
  private final Path log;
  private final List<String> said = new ArrayList<>();
  private final CountDownLatch running = new CountDownLatch(1);
  private final Thread listener;

  private JobProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.listener = new Thread(this::listen, "what the job says");
    listener.setDaemon(true);
    listener.start();
  }

  /**
   * Starts a process.
   *
   * @param log for what it writes to standard error
   */
  static JobProcess start(
      JobJvm jvm, List<String> arguments, Map<String, String> environment, Path log)
      throws IOException {
    List<String> command = new ArrayList<>(jvm.command());
    command.add(KilledJob.class.getName());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().putAll(environment);
    return new JobProcess(builder.start(), log);
  }

  private void listen() {
    try (BufferedReader out = process.inputReader(UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        synchronized (said) {
          said.add(line);
        }
        if (line.equals(KilledJob.RUNNING)) {
          running.countDown();
        }
      }
    } catch (IOException e) {
      // It has been killed while it spoke.
    }
  }

  /** Waits until the job runs; returns whether the process is there still. */
  boolean awaitRunning(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (process.isAlive()) {
      if (running.await(20, TimeUnit.MILLISECONDS)) {
        return true;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the job does not come to run: " + lastLines());
      }
    }
    return false;
  }

  /** Waits for its end, at most so long; returns whether it has ended. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, "" + process.pid()).inheritIO().start().waitFor();
  }

  /**
   * Kills it; returns what it has said.
   *
   * @throws AssertionError if it has ended otherwise
   */
  List<String> kill() throws InterruptedException {
    // Not of the process itself: that would close what it has said.
    process.toHandle().destroyForcibly();
    int status = process.waitFor();
    if (status != KILLED) {
      throw new AssertionError("the job has ended with status " + status + ": " + lastLines());
    }
    return said();
  }

  /** What it has said; to be called after its end. */
  List<String> said() throws InterruptedException {
    listener.join();
    synchronized (said) {
      return List.copyOf(said);
    }
  }

  /** The end of its log. */
  String lastLines() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
    } catch (IOException e) {
      return "its log cannot be read: " + e;
    }
  }
}
