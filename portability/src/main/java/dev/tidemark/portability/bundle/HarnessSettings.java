package dev.tidemark.portability.bundle;

/**
 * Limits of bundles in SDK harnesses.
 *
 * <p>Immutable.
 *
 * @param maxAttempts how often a bundle is tried when its worker is lost, at least 1
 * @param maxBundleBytes how many bytes of encoded input a bundle takes, about: they are kept until
 *     it is done, to try it again
 * @param chunkBytes how many bytes of input are sent at a time, about
 * @param pageBytes how many bytes of state or of a side input are sent at a time, about
 * @param largeIterableBytes how many bytes of values a group has at most, about, to be sent as a
 *     whole: of a larger one the harness gets the first few values and asks for the rest
 * @param minProcessMillis how long a streaming job lets restrictions be processed at least before
 *     it splits them, in milliseconds: it is a call to another process, which may open a source
 * @param supervision how closely bundles are watched
 */
public record HarnessSettings(
    int maxAttempts,
    long maxBundleBytes,
    int chunkBytes,
    int pageBytes,
    int largeIterableBytes,
    long minProcessMillis,
    Supervision supervision) {

  /** What suits most jobs. */
  public static final HarnessSettings DEFAULT =
      new HarnessSettings(4, 32L << 20, 1 << 20, 1 << 20, 64 << 10, 100, Supervision.DEFAULT);

  public HarnessSettings {
    if (maxAttempts < 1 || maxBundleBytes < 1 || chunkBytes < 1 || pageBytes < 1) {
      throw new IllegalArgumentException("limits are at least 1");
    }
  }

  /** The same, but for how closely bundles are watched. */
  public HarnessSettings with(Supervision other) {
    return new HarnessSettings(
        maxAttempts,
        maxBundleBytes,
        chunkBytes,
        pageBytes,
        largeIterableBytes,
        minProcessMillis,
        other);
  }
}
