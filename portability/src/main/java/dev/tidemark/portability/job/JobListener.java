package dev.tidemark.portability.job;

/**
 * Hears of a run.
 *
 * <p>Thread-safe; nothing here blocks.
 */
public interface JobListener {

  /** The job's functions run from now on. */
  void running();

  /**
   * Something that the job's author should read.
   *
   * @param level how important it is
   * @param text of any length; a very long one is shortened
   */
  void message(Level level, String text);

  /**
   * The run has ended: its workers are gone, and none of its files is read any more. A second end
   * is ignored, and so is what comes after the first.
   */
  void ended(JobEnd end);

  /**
   * The levels of messages. There is no ERROR: clients take the last one for the reason of a
   * failure, so that there is one only, made of {@link JobEnd.Failed}.
   */
  enum Level {
    /** For who looks for a bug. */
    DEBUG,
    /** In detail. */
    DETAILED,
    /** For everybody. */
    BASIC,
    /** For everybody, and bad. */
    WARNING
  }
}
