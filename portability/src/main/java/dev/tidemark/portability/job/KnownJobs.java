package dev.tidemark.portability.job;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The jobs that were run: those under way, and of those that have ended as many, and as long, as
 * the limits say.
 *
 * <p>Thread-safe.
 */
final class KnownJobs {

  /** Clients that poll see the end of a job, however many others end at the same time. */
  private static final Duration AT_LEAST = Duration.ofMinutes(1);

  private record Ended(Job job, Instant at) {}

  private final InstantSource clock;
  private final int maxEnded;
  private final Duration maxAge;
  private final Map<String, Job> underWay = new LinkedHashMap<>();
  private final Map<String, Ended> ended = new LinkedHashMap<>();

  KnownJobs(InstantSource clock, int maxEnded, Duration maxAge) {
    this.clock = clock;
    this.maxEnded = maxEnded;
    this.maxAge = maxAge;
  }

  synchronized void add(Job job) {
    underWay.put(job.description().jobId(), job);
  }

  /** A job is not under way any more. */
  synchronized void end(Job job) {
    underWay.remove(job.description().jobId());
    ended.put(job.description().jobId(), new Ended(job, clock.instant()));
  }

  synchronized Optional<Job> get(String jobId) {
    Job running = underWay.get(jobId);
    return running != null
        ? Optional.of(running)
        : Optional.ofNullable(ended.get(jobId)).map(Ended::job);
  }

  /** All, those that have ended first. */
  synchronized List<Job> all() {
    List<Job> all = new ArrayList<>();
    ended.values().forEach(each -> all.add(each.job()));
    all.addAll(underWay.values());
    return all;
  }

  synchronized List<Job> underWay() {
    return List.copyOf(underWay.values());
  }

  /** Forgets those that ended long ago, and the first ones if there are too many; returns them. */
  synchronized List<Job> forget() {
    Instant now = clock.instant();
    Instant since = now.minus(maxAge);
    Instant recent = now.minus(AT_LEAST);
    List<Job> forgotten = new ArrayList<>();
    Iterator<Ended> each = ended.values().iterator();
    while (each.hasNext()) {
      Ended one = each.next();
      boolean tooMany = ended.size() > maxEnded;
      if (!one.at().isAfter(since) || (tooMany && !one.at().isAfter(recent))) {
        each.remove();
        forgotten.add(one.job());
      }
    }
    return forgotten;
  }
}
