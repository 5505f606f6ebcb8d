package dev.tidemark.runner.kill;

import dev.tidemark.runner.faults.FaultLibrary;
import dev.tidemark.runner.state.directory.Snapshots;
import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Starts a job, kills it, starts it again, and so on; lets it come to its end at last, and compares
 * what it has written with the answer.
 *
 * <p>Owned by one thread.
 */
final class KillLoop {
  private static final long START_MILLIS = 60_000;
  private static final long OPERATION_MILLIS = 5_000;
  private static final long END_MILLIS = 300_000;
  private static final int COMMIT_TRIES = 3_000;
  private static final long STORE_MEMORY = 1 << 20;

  private final Path folder;
  private final Path state;
  private final Path files;
  private final Path limit;
  private final Path clock;
  private final Random random;
  private final Optional<FaultLibrary> library;
  private final Consumer<String> progress;
  private long beganNanos;
  private JobJvm jvm;
  private int processes;
  private long clockMillis;

  /**
   * Prepares a job.
   *
   * @param folder for all that there is of it; empty
   * @param seed decides where each process is killed, as far as that can be decided
   * @param progress is told what happens
   */
  KillLoop(Path folder, long seed, Consumer<String> progress) throws IOException {
    this.folder = folder.toRealPath();
    this.state = Files.createDirectory(this.folder.resolve("state"));
    this.files = Files.createDirectory(this.folder.resolve("files"));
    this.limit = this.folder.resolve("limit");
    this.clock = this.folder.resolve("clock");
    this.random = new Random(seed);
    this.library = FaultLibrary.compile(this.folder);
    this.progress = progress;
    FaultLibrary.setClock(clock, 0);
    this.jvm = JobJvm.in(this.folder);
  }

  /** So many ways to kill it, of all that there are. */
  List<Kill> ways(int kills) {
    if (library.isEmpty()) {
      progress.accept("no C compiler: no kills at operations, no jumps of the clock");
    }
    return Kill.mix(kills, random, library.isPresent());
  }

  /** Kills the job in these ways, one after the other. */
  Outcome run(List<Kill> kills) throws IOException, InterruptedException {
    archiveClasses();
    beganNanos = System.nanoTime();
    for (int i = 0; i < kills.size(); i++) {
      Kill kill = kills.get(i);
      long began = System.nanoTime();
      String how = end(kill);
      progress.accept(
          String.format(
              "%d of %d: %s%s, %d ms, epoch %d",
              i + 1,
              kills.size(),
              kill.name(),
              how,
              (System.nanoTime() - began) / 1_000_000,
              committedEpoch()));
    }
    return finish();
  }

  /** Runs a process to its end; returns a remark on it. */
  private String end(Kill kill) throws IOException, InterruptedException {
    JobProcess process = start(kill);
    boolean gone;
    if (kill instanceof Kill.AtStart soon) {
      gone = process.awaitEnd(soon.afterMillis());
    } else if (kill instanceof Kill.AtOperation) {
      gone = !process.awaitRunning(START_MILLIS) || process.awaitEnd(OPERATION_MILLIS);
    } else {
      gone = !process.awaitRunning(START_MILLIS) || awaitCommit(process) || live(process, kill);
    }
    checkSnapshots(process.kill());
    return kill instanceof Kill.AtOperation && !gone ? " (did not come to it)" : "";
  }

  /** Waits until a running process has committed something; returns whether it has ended. */
  private boolean awaitCommit(JobProcess process) throws IOException, InterruptedException {
    long before = committedEpoch();
    for (int tries = 0; committedEpoch() == before && tries < COMMIT_TRIES; tries++) {
      if (process.awaitEnd(20)) {
        return true;
      }
    }
    if (committedEpoch() == before) {
      throw new AssertionError("the job commits nothing: " + process.lastLines());
    }
    return false;
  }

  /** What a running process goes through; returns whether it has ended by itself. */
  private boolean live(JobProcess process, Kill kill) throws IOException, InterruptedException {
    if (kill instanceof Kill.AtRandom random) {
      return process.awaitEnd(random.afterMillis());
    } else if (kill instanceof Kill.Stopped stopped) {
      process.awaitEnd(stopped.afterMillis());
      process.signal("STOP");
      process.awaitEnd(stopped.stoppedMillis());
      process.signal("CONT");
      return process.awaitEnd(stopped.afterMillis());
    } else if (kill instanceof Kill.ClockJumps jumps) {
      long furthest = clockMillis;
      for (long offset : jumps.offsetsMillis()) {
        FaultLibrary.setClock(clock, clockMillis + offset);
        furthest = Math.max(furthest, clockMillis + offset);
        process.awaitEnd(jumps.betweenMillis());
      }
      // What was to happen at a time that was shown happens at last.
      clockMillis = furthest;
      FaultLibrary.setClock(clock, clockMillis);
      return process.awaitEnd(jumps.betweenMillis());
    }
    throw new IllegalArgumentException("" + kill);
  }

  private JobProcess start(Kill kill) throws IOException {
    Map<String, String> environment = new HashMap<>();
    if (library.isPresent()) {
      FaultLibrary.Environment faults = library.get().environment().clock(clock);
      if (kill instanceof Kill.AtOperation operation) {
        faults = faults.folder(state).end(operation.end());
      }
      environment.putAll(faults.variables());
    }
    return start(environment);
  }

  private JobProcess start(Map<String, String> environment) throws IOException {
    processes++;
    return start(jvm, state, files, limit, environment);
  }

  private JobProcess start(
      JobJvm with, Path stateOf, Path filesOf, Path limitOf, Map<String, String> environment)
      throws IOException {
    return JobProcess.start(
        with,
        List.of(
            "--runner=TidemarkRunner",
            "--stateDir=" + stateOf,
            "--jobRetries=0",
            "--lanes=" + (1 + random.nextInt(3)),
            "--files=" + filesOf,
            "--limit=" + limitOf,
            "--processNumber=" + processes),
        environment,
        folder.resolve("log"));
  }

  /**
   * Runs another, short job to its end, and keeps the classes that it has loaded for later ones.
   */
  private void archiveClasses() throws IOException, InterruptedException {
    Path shortJob = Files.createDirectory(folder.resolve("short"));
    Path end = Files.writeString(shortJob.resolve("limit"), "" + PacedSource.PER_SECOND);
    Path archive = folder.resolve("classes.jsa");
    JobProcess process =
        start(
            jvm.with("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable"),
            shortJob.resolve("state"),
            shortJob,
            end,
            Map.of());
    process.awaitEnd(START_MILLIS);
    if (!process.said().contains(KilledJob.DONE)) {
      throw new AssertionError("the job does not run: " + process.lastLines());
    }
    if (Files.exists(archive)) {
      jvm = jvm.with("-XX:SharedArchiveFile=" + archive, "-Xlog:disable");
    }
  }

  /** Every snapshot that is there is whole, and every one that the job has spoken of is there. */
  private void checkSnapshots(List<String> said) {
    Snapshots snapshots = StateDirectory.snapshots(state);
    List<String> names = new ArrayList<>();
    for (Snapshots.Snapshot snapshot : snapshots.list()) {
      names.add(snapshot.name());
      Path path = snapshots.folder().resolve(snapshot.name());
      RocksStateStore.open(path, STORE_MEMORY).close();
      snapshots.remove(snapshot.name());
    }
    for (String line : said) {
      if (line.startsWith(KilledJob.SNAPSHOT)
          && !names.contains(line.substring(line.lastIndexOf('/') + 1))) {
        throw new AssertionError("there is no " + line);
      }
    }
  }

  /** By the store's own mark, as opening the store would already be the recovery. */
  private long committedEpoch() throws IOException {
    Path mark = state.resolve("store").resolve("COMMITTED");
    byte[] bytes = Files.exists(mark) ? Files.readAllBytes(mark) : new byte[0];
    return bytes.length < Long.BYTES ? 0 : ByteBuffer.wrap(bytes).getLong();
  }

  /** Has the sources end behind all that they can have read, and waits for the job to be done. */
  private Outcome finish() throws IOException, InterruptedException {
    long seconds = 1 + (System.nanoTime() - beganNanos) / 1_000_000_000L;
    long numbers = (seconds + 1) * PacedSource.PER_SECOND;
    Path written = Files.writeString(folder.resolve("limit.new"), "" + numbers);
    Files.move(written, limit, StandardCopyOption.ATOMIC_MOVE);
    JobProcess process = start(new Kill.AtRandom(0));
    if (!process.awaitEnd(END_MILLIS)) {
      process.kill();
      throw new AssertionError("the job does not come to its end: " + process.lastLines());
    }
    List<String> said = process.said();
    if (!said.contains(KilledJob.DONE)) {
      throw new AssertionError("the job has failed: " + process.lastLines());
    }
    return Outcome.of(files, Answer.lines(numbers));
  }
}
