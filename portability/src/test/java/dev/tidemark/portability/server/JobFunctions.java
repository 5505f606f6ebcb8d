package dev.tidemark.portability.server;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Functions of jobs that run in another JVM. */
final class JobFunctions {
  private JobFunctions() {}

  /** Counts elements under the id of its process. */
  static final class CountProcesses extends DoFn<KV<String, Long>, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process() {
      Metrics.counter(JobFunctions.class, Long.toString(ProcessHandle.current().pid())).inc();
    }
  }

  /**
   * Fails unless the numbers of each key come one after the other, each once; writes those of one
   * key into a file when they are committed.
   */
  static final class Next extends DoFn<KV<Integer, Long>, Void> {
    private static final long serialVersionUID = 1;
    static final int KEYS = 16;
    private final String file;

    @StateId("last")
    private final StateSpec<ValueState<Long>> lastSpec = StateSpecs.value();

    Next(String file) {
      this.file = file;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element,
        @StateId("last") ValueState<Long> lastState,
        BundleFinalizer finalizer) {
      Long last = lastState.read();
      long number = element.getValue();
      long expected = last == null ? element.getKey() : last + KEYS;
      if (number != expected) {
        throw new IllegalStateException(number + " came where " + expected + " was to come");
      }
      lastState.write(number);
      if (element.getKey() == 0) {
        finalizer.afterBundleCommit(
            Instant.now().plus(Duration.standardMinutes(1)),
            () ->
                Files.writeString(
                    Path.of(file),
                    number + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND));
      }
    }
  }

  /** Throws. */
  static final class Failing extends DoFn<byte[], Void> {
    private static final long serialVersionUID = 1;
    static final String REASON = "nobody can do that";

    @ProcessElement
    public void process() {
      throw new IllegalStateException(REASON);
    }
  }

  /** Ends its process. */
  static final class Dying extends DoFn<byte[], Void> {
    private static final long serialVersionUID = 1;
    static final int STATUS = 7;
    static final String LAST_WORDS = "these are its last words";

    @ProcessElement
    public void process() {
      System.out.println(LAST_WORDS);
      System.out.flush();
      Runtime.getRuntime().halt(STATUS);
    }
  }

  /** Leaves a file with the address that its worker was told. */
  static final class Address extends DoFn<KV<String, Iterable<Integer>>, Void> {
    private static final long serialVersionUID = 1;
    private final String folder;

    @StateId("seen")
    private final StateSpec<ValueState<Integer>> seen = StateSpecs.value();

    Address(String folder) {
      this.folder = folder;
    }

    @ProcessElement
    public void process(@StateId("seen") ValueState<Integer> state) throws IOException {
      state.read();
      state.write(1);
      Files.writeString(
          Path.of(folder, "address"), System.getenv("CONTROL_API_SERVICE_DESCRIPTOR"));
    }
  }

  /** Leaves a file with the id of every process that reads it from bytes. */
  static final class Trap extends DoFn<byte[], Void> {
    private static final long serialVersionUID = 1;
    private final String folder;

    Trap(String folder) {
      this.folder = folder;
    }

    @ProcessElement
    public void process() {}

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      Files.writeString(Path.of(folder, Long.toString(ProcessHandle.current().pid())), "");
    }
  }
}
