package dev.tidemark.runner.kill;

import dev.tidemark.runner.faults.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Kills a job as often as asked: {@code ./kill-loop --help}. */
final class KillLoopCommand {
  private static final String HELP =
      """
      Starts a streaming job, kills its process with -9, starts it again, as often as asked; lets it
      come to its end and compares what it has written with what it had to write.

        ./kill-loop N          N kills
          --seed=S             where it is killed; default: one that nobody has tried
          --stop=SECONDS       stops a process for so long, too (SIGSTOP), once
          --keep               leaves the job's folder where it is

      The job reads unbounded sources, keeps state by key, sets timers of event time and of processing
      time, groups sessions, sees a side input, writes a file for each window, and takes a snapshot
      every 300 ms. It is killed at random moments, soon after its start, at an operation on its
      files while it recovers, in a commit (before and after the sync) and in a snapshot, after
      SIGSTOP and SIGCONT, and after its clock has jumped; each time it goes on with 1 to 3 lanes.
      Kills at operations and jumps of the clock need Linux and a C compiler (cc). The seed decides
      all this, but not how fast the machine is.

      The exit status is 0 if nothing is lost and nothing there twice.
      """;

  private KillLoopCommand() {}

  /** Called by the script. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int kills = -1;
    long seed = new Random().nextLong();
    long stopSeconds = 0;
    boolean keep = false;
    for (String argument : arguments) {
      if (argument.equals("--help") || argument.equals("-h")) {
        System.out.print(HELP);
        return;
      } else if (argument.startsWith("--seed=")) {
        seed = Long.parseLong(argument.substring("--seed=".length()));
      } else if (argument.startsWith("--stop=")) {
        stopSeconds = Long.parseLong(argument.substring("--stop=".length()));
      } else if (argument.equals("--keep")) {
        keep = true;
      } else if (argument.matches("[0-9]{1,6}") && kills < 0) {
        kills = Integer.parseInt(argument);
      } else {
        kills = -1;
        break;
      }
    }
    if (kills < 0) {
      System.err.println("Say how many kills: ./kill-loop N; see ./kill-loop --help");
      System.exit(2);
    }
    System.exit(run(kills, seed, stopSeconds, keep) ? 0 : 1);
  }

  private static boolean run(int kills, long seed, long stopSeconds, boolean keep)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("tidemark-kill-loop");
    System.out.printf("seed %d, %s%n", seed, folder);
    Outcome outcome;
    try {
      KillLoop loop = new KillLoop(folder, seed, System.out::println);
      List<Kill> ways = new ArrayList<>(loop.ways(kills));
      if (stopSeconds > 0) {
        ways.add(ways.size() / 2, new Kill.Stopped(stopSeconds * 1_000, 500));
      }
      outcome = loop.run(ways);
    } catch (AssertionError e) {
      System.out.printf("%s%nseed %d; the job is in %s%n", e.getMessage(), seed, folder);
      return false;
    }
    System.out.printf("%d kills, seed %d: %s%n", kills, seed, outcome);
    if (outcome.isRight() && !keep) {
      Folders.delete(folder);
    } else {
      System.out.println("The job is in " + folder);
    }
    return outcome.isRight();
  }
}
