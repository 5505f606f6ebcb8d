package dev.tidemark.runner;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * What a class logs, from {@link #of} until this is closed.
 *
 * <p>Thread-safe.
 */
public final class CapturedLog implements AutoCloseable {
  private final Logger logger;
  private final Collector collector = new Collector();

  private CapturedLog(Logger logger) {
    this.logger = logger;
  }

  public static CapturedLog of(Class<?> logging) {
    CapturedLog log = new CapturedLog(Logger.getLogger(logging.getName()));
    log.logger.addHandler(log.collector);
    return log;
  }

  /** The messages with their parameters put in, without stack traces. */
  public List<String> messages() {
    return List.copyOf(collector.messages);
  }

  @Override
  public void close() {
    logger.removeHandler(collector);
  }

  private static final class Collector extends Handler {
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord record) {
      messages.add(formatter.formatMessage(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
