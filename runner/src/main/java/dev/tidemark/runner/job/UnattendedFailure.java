package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution.End;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * Sees to it that a failed job does not pass for a success when nobody waits for it.
 *
 * <p>A program may call {@code run()} and return from {@code main}; the job's threads keep the JVM.
 * If such a job fails, the process must not end with status 0. A host application, on the other
 * hand, must never be killed for a job that failed in it. Both hold with this rule: <em>once every
 * other non-daemon thread of the JVM is gone</em> (so that the JVM would end anyway), {@code main}
 * among them, and if nobody has learnt of the failure from the handle by then, the JVM ends with
 * status 1. As long as another such thread lives, nothing happens.
 *
 * <p>Owned by the job's monitor thread.
 */
final class UnattendedFailure {
  private static final Logger LOG = LoggerFactory.getLogger(UnattendedFailure.class);
  private static final String MARK = "tidemark-failed-";
  private static final long FIRST_PAUSE_MILLIS = 5;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final TidemarkPipelineResult result;
  private final String message;
  private final Throwable cause;
  private final PrintStream errors;
  private final IntConsumer exit;

  private UnattendedFailure(
      TidemarkPipelineResult result,
      String message,
      Throwable cause,
      PrintStream errors,
      IntConsumer exit) {
    this.result = result;
    this.message = message;
    this.cause = cause;
    this.errors = errors;
    this.exit = exit;
  }

  static UnattendedFailure of(TidemarkPipelineResult result, End.Failed failed) {
    JobFailedException failure =
        new JobFailedException(result.jobName(), failed.transform(), failed.cause());
    return new UnattendedFailure(
        result, String.valueOf(failure.getMessage()), failed.cause(), System.err, System::exit);
  }

  /** Returns when somebody has seen the failure; else ends the JVM when nothing else keeps it. */
  void attend() {
    Thread.currentThread().setName(MARK + result.jobName());
    boolean logged = false;
    long pause = FIRST_PAUSE_MILLIS;
    while (!result.failureSeen()) {
      if (othersGone()) {
        if (!logged || logsNothing()) {
          errors.println(message);
          cause.printStackTrace(errors);
        }
        errors.println("Nobody waited for job " + result.jobName() + ": exit status 1.");
        exit.accept(1);
        return;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      if (!logged && pause == LONGEST_PAUSE_MILLIS && !result.failureSeen()) {
        LOG.error("{} Nobody waits for job {}.", message, result.jobName(), cause);
        logged = true;
      }
    }
  }

  private static boolean othersGone() {
    for (Thread thread : liveThreads()) {
      if (!thread.isDaemon()
          && thread != Thread.currentThread()
          && !thread.getName().startsWith(MARK)
          && !thread.getName().equals("DestroyJavaVM")) {
        return false;
      }
    }
    return true;
  }

  private static List<Thread> liveThreads() {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    Thread[] found = new Thread[root.activeCount() + 16];
    int count = root.enumerate(found);
    while (count == found.length) {
      found = new Thread[2 * found.length];
      count = root.enumerate(found);
    }
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      threads.add(found[i]);
    }
    return threads;
  }

  private static boolean logsNothing() {
    ILoggerFactory loggers = LoggerFactory.getILoggerFactory();
    return loggers instanceof NOPLoggerFactory;
  }
}
