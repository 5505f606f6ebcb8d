package dev.tidemark.runner.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The compiled {@code faults.c}, which a process is given by its environment.
 *
 * <p>Immutable.
 */
public record FaultLibrary(Path file) {
  /** The operations that are counted. */
  public enum Operation {
    /** Contents of files. */
    WRITE,
    /** Of files and folders. */
    SYNC,
    /** Names made, moved and removed. */
    NAME,
    ANY
  }

  /**
   * The end of a process, as by {@code kill -9}.
   *
   * @param operation on what it happens
   * @param part of the path of the file, "-" for any
   * @param count at which of these operations, from 1
   * @param after whether the operation is done
   */
  public record End(Operation operation, String part, int count, boolean after) {
    private String text() {
      return operation.name().toLowerCase(Locale.ROOT)
          + " "
          + part
          + " "
          + count
          + (after ? " after" : " before");
    }
  }

  /**
   * Compiles the library.
   *
   * @param folder where it is put
   * @return nothing if there is no C compiler, or the system is not Linux
   */
  public static Optional<FaultLibrary> compile(Path folder) throws IOException {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.empty();
    }
    Path source = folder.resolve("faults.c");
    try (InputStream text =
        Objects.requireNonNull(FaultLibrary.class.getResourceAsStream("faults.c"))) {
      Files.copy(text, source);
    }
    Path library = folder.resolve("faults.so");
    try {
      Process compiler =
          new ProcessBuilder(
                  "cc", "-O1", "-shared", "-fPIC", "-o", library.toString(), source.toString())
              .inheritIO()
              .start();
      return compiler.waitFor() == 0 ? Optional.of(new FaultLibrary(library)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this", e);
    }
  }

  /** The variables of a process of which nothing is looked at yet. */
  public Environment environment() {
    Map<String, String> variables = new HashMap<>();
    variables.put("LD_PRELOAD", file.toString());
    return new Environment(variables);
  }

  /**
   * Variables for a process.
   *
   * <p>Owned by one thread.
   */
  public record Environment(Map<String, String> variables) {
    /** Counts operations on the files in a folder. */
    public Environment folder(Path folder) throws IOException {
      return with("FAULT_FOLDER", folder.toRealPath());
    }

    /** Writes down all that changes in the folder. */
    public Environment journal(Path journal) {
      return with("FAULT_JOURNAL", journal);
    }

    /** Ends the process at an operation. */
    public Environment end(End end) {
      return with("FAULT_KILL", end.text());
    }

    /** Lets all syncs fail while a file is there. */
    public Environment failSyncWhile(Path switchedOn) {
      return with("FAULT_SYNC", switchedOn);
    }

    /** Lets writes into the folder fail while a file is there. */
    public Environment failWriteWhile(Path switchedOn) {
      return with("FAULT_WRITE", switchedOn);
    }

    /** Has the wall clock wrong by what a file says, see {@link #setClock}. */
    public Environment clock(Path file) {
      return with("FAULT_CLOCK", file);
    }

    private Environment with(String name, Object value) {
      variables.put(name, value.toString());
      return this;
    }
  }

  /**
   * Sets the wall clocks of all processes that look at a file.
   *
   * @param offsetMillis by how much they are ahead of the machine's
   */
  public static void setClock(Path file, long offsetMillis) throws IOException {
    byte[] bytes =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .putLong(offsetMillis)
            .array();
    // In place: processes have the file mapped.
    Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
