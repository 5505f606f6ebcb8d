package dev.tidemark.portability.job;

import dev.tidemark.portability.job.artifact.Staging;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The jobs that wait to be run; they do not wait for ever.
 *
 * <p>Thread-safe.
 */
final class PreparedJobs {
  private final InstantSource clock;
  private final int max;
  private final long maxBytes;
  private final Map<String, PreparedJob> byId = new LinkedHashMap<>();
  private final Map<String, PreparedJob> byToken = new LinkedHashMap<>();
  private long bytes;

  /**
   * Room for jobs.
   *
   * @param max how many
   * @param maxBytes how large their pipelines may be together
   */
  PreparedJobs(InstantSource clock, int max, long maxBytes) {
    this.clock = clock;
    this.max = max;
    this.maxBytes = maxBytes;
  }

  /** Keeps a job; false if there are too many. */
  synchronized boolean add(PreparedJob job) {
    if (byId.size() >= max || size(job) > maxBytes - bytes) {
      return false;
    }
    bytes += size(job);
    byId.put(job.preparationId(), job);
    byToken.put(job.stagingToken(), job);
    return true;
  }

  /** The staging of a job that waits. */
  synchronized Optional<Staging> staging(String token) {
    return Optional.ofNullable(byToken.get(token))
        .filter(job -> clock.instant().isBefore(job.expires()))
        .map(PreparedJob::staging);
  }

  /** A job that waits. */
  synchronized Optional<PreparedJob> get(String preparationId) {
    return Optional.ofNullable(byId.get(preparationId))
        .filter(job -> clock.instant().isBefore(job.expires()));
  }

  /** Takes a job out, to run it; false if another call has. */
  synchronized boolean take(PreparedJob job) {
    if (byId.remove(job.preparationId()) == null) {
      return false;
    }
    removed(job);
    return true;
  }

  private void removed(PreparedJob job) {
    byToken.remove(job.stagingToken());
    bytes -= size(job);
  }

  private static long size(PreparedJob job) {
    return job.description().pipeline().getSerializedSize();
  }

  /** Takes out those that have waited too long. */
  synchronized List<PreparedJob> takeExpired() {
    Instant now = clock.instant();
    List<PreparedJob> expired = new ArrayList<>();
    // In the order of their expiry, as all wait equally long.
    Iterator<PreparedJob> jobs = byId.values().iterator();
    while (jobs.hasNext()) {
      PreparedJob job = jobs.next();
      if (now.isBefore(job.expires())) {
        break;
      }
      jobs.remove();
      removed(job);
      expired.add(job);
    }
    return expired;
  }

  /** Takes out all. */
  synchronized List<PreparedJob> takeAll() {
    List<PreparedJob> all = new ArrayList<>(byId.values());
    byId.clear();
    byToken.clear();
    bytes = 0;
    return all;
  }
}
