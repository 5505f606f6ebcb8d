package dev.tidemark.runner.stage;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/** The ends of event time as milliseconds, as Beam defines them. */
public final class Timestamps {
  /** Before every element. */
  public static final long MIN = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** A watermark here says that nothing more comes. */
  public static final long MAX = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private Timestamps() {}
}
