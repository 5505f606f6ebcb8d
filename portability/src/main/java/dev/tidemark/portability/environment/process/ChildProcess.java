package dev.tidemark.portability.environment.process;

import dev.tidemark.portability.text.LastWords;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A child process with all that it starts. A guard, a small shell, stands between: it ends the
 * child's process group when the pipe from here is closed, and that closes even if this process is
 * killed.
 *
 * <p>Thread-safe.
 */
public final class ChildProcess implements AutoCloseable {
  private static final Duration GUARD_SLACK = Duration.ofSeconds(5);
  private static final Duration DRAIN_SLACK = Duration.ofSeconds(1);
  private static final List<Path> SETSID =
      List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));

  private final ChildCommand command;
  private final Process guard;
  private final Duration grace;
  private final LastWords lastWords = new LastWords(30, 1_000);
  private final CompletableFuture<Integer> ended;

  private ChildProcess(
      ChildCommand command, Process guard, Duration grace, Consumer<? super String> log) {
    this.command = command;
    this.guard = guard;
    this.grace = grace;
    Thread drain =
        new Thread(
            new OutputDrain(
                guard.getInputStream(),
                line -> {
                  lastWords.add(line);
                  log.accept(line);
                }),
            "tidemark-output-" + command.name());
    drain.setDaemon(true);
    drain.start();
    this.ended = guard.onExit().thenApply(gone -> status(gone, drain));
  }

  /**
   * Starts a command.
   *
   * @param grace how long it may take to end after it was asked to, before it is killed
   * @param log takes each line of its output, on a thread of its own; must not throw
   * @throws IOException if there is no shell, or the folder is not there; a program that is not
   *     there makes the child end with status 127
   */
  public static ChildProcess start(
      ChildCommand command, Duration grace, Consumer<? super String> log) throws IOException {
    List<String> arguments = new ArrayList<>(sessionOfItsOwn());
    arguments.add("/bin/sh");
    arguments.add("-c");
    arguments.add(guardScript());
    arguments.add("tidemark-guard");
    arguments.add(Long.toString(grace.toMillis() / 100));
    arguments.add(command.toRemove() == null ? "" : command.toRemove().toString());
    arguments.addAll(command.arguments());
    ProcessBuilder builder =
        new ProcessBuilder(arguments)
            .directory(command.folder().toFile())
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(command.variables());
    return new ChildProcess(command, builder.start(), grace, log);
  }

  /** A signal to the server's process group must not end the guard before it has done its work. */
  private static List<String> sessionOfItsOwn() {
    return SETSID.stream().filter(Files::isExecutable).limit(1).map(Path::toString).toList();
  }

  private static String guardScript() throws IOException {
    try (InputStream in = ChildProcess.class.getResourceAsStream("guard.sh")) {
      if (in == null) {
        throw new IOException("guard.sh is missing beside " + ChildProcess.class.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static int status(Process gone, Thread drain) {
    try {
      // What it wrote last says why; but a process that has left the group may keep the pipe.
      drain.join(DRAIN_SLACK.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return gone.exitValue();
  }

  /** Completes with its status when the process and all of its group are gone. */
  public CompletableFuture<Integer> ended() {
    return ended.copy();
  }

  /** Its last lines of output. */
  public String lastWords() {
    return lastWords.toString();
  }

  /** How it ended, in words. */
  public String describe(int status) {
    String how =
        status > 128 && status < 160
            ? "was killed by signal " + (status - 128)
            : "ended with status " + status;
    return command.name() + " " + how;
  }

  /** Asks it to end, without waiting. */
  public void requestEnd() {
    try {
      guard.getOutputStream().close();
    } catch (IOException e) {
      // The guard is gone, and with it its end of the pipe.
    }
  }

  /** Ends it, and waits until it is gone, with all that it started. */
  @Override
  public void close() {
    requestEnd();
    boolean interrupted = false;
    long deadline = System.nanoTime() + grace.plus(GUARD_SLACK).toNanos();
    while (guard.isAlive()) {
      try {
        if (!guard.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          guard.descendants().forEach(ProcessHandle::destroyForcibly);
          guard.destroyForcibly();
          deadline = System.nanoTime() + GUARD_SLACK.toNanos();
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
