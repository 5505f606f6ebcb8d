package dev.tidemark.portability.environment;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what launchers say. */
public final class TestLog implements JobLog {
  /** What {@link #progress} was given. */
  public final List<String> progress = new CopyOnWriteArrayList<>();

  /** What {@link #output} was given. */
  public final List<String> output = new CopyOnWriteArrayList<>();

  @Override
  public void progress(String text) {
    progress.add(text);
  }

  @Override
  public void output(String worker, String line) {
    output.add(line);
  }
}
