package dev.tidemark.runner.source;

/**
 * Remembers which records of a source were emitted, by the ids that the source gives them.
 *
 * <p>Thread-safe.
 */
interface Deduplicator {
  /** For a source that repeats no record. */
  Deduplicator NONE = id -> true;

  /** Takes note of a record; returns whether it is the first with this id. */
  boolean isFirst(byte[] id);

  /** Whether ids matter at all. */
  default boolean needsIds() {
    return this != NONE;
  }
}
