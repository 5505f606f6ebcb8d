package dev.tidemark.suite;

/**
 * A test of Beam's suites. Immutable.
 *
 * @param id its name
 * @param kind its group
 * @param ignored whether Beam itself switched it off with {@code @Ignore}
 */
public record SuiteTest(TestId id, Kind kind, boolean ignored) {}
