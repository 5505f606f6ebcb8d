package dev.tidemark.suite;

/** What became of a test. */
public enum Outcome {
  /** It ran and held. */
  PASSED,
  /** It ran and did not hold, hung, or took its JVM down. */
  FAILED,
  /** Beam switched it off, or one of its assumptions about its surroundings did not hold. */
  IGNORED,
  /** It stands in the exclusions file and was not run. */
  EXCLUDED
}
