package dev.tidemark.portability.fn;

import dev.tidemark.portability.text.LastWords;
import dev.tidemark.portability.text.Truncation;
import java.util.function.Consumer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker logs: goes to the job's sink, and the last of it is kept. Long texts are cut.
 *
 * <p>Thread-safe.
 */
final class WorkerLog {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerLog.class);
  private static final int CHARACTERS = 100_000;

  private final Consumer<? super LogEntry> sink;
  private final LastWords lastWords = new LastWords(20, 2_000);
  private volatile boolean closed;

  WorkerLog(Consumer<? super LogEntry> sink) {
    this.sink = sink;
  }

  /** Takes entries, on a thread of the network. */
  void add(LogEntry.List entries) {
    if (closed) {
      return;
    }
    for (LogEntry entry : entries.getLogEntriesList()) {
      LogEntry kept = cut(entry);
      lastWords.add(said(kept));
      try {
        sink.accept(kept);
      } catch (RuntimeException e) {
        // A log that cannot be kept is no reason to lose the worker.
        LOG.warn("A log entry of a worker was lost", e);
      }
    }
  }

  /** From now on entries are dropped: the job has no ear for them. */
  void close() {
    closed = true;
  }

  /** The last lines, the newest last; empty if nothing was said. */
  String lastWords() {
    return lastWords.toString();
  }

  private static String said(LogEntry entry) {
    String text = entry.getSeverity() + " " + entry.getMessage();
    return entry.getTrace().isEmpty() ? text : text + "\n" + entry.getTrace();
  }

  private static LogEntry cut(LogEntry entry) {
    return entry.getMessage().length() + entry.getTrace().length() <= CHARACTERS
        ? entry
        : entry.toBuilder()
            .setMessage(Truncation.head(entry.getMessage(), CHARACTERS))
            .setTrace(Truncation.head(entry.getTrace(), CHARACTERS))
            .build();
  }
}
