package dev.tidemark.suite;

import java.util.Set;

/**
 * A test of Beam's suites. Immutable.
 *
 * @param id its name
 * @param kind its group
 * @param categories what it needs of a runner, as the names of Beam's categories without package
 * @param ignored whether Beam itself switched it off with {@code @Ignore}
 */
public record SuiteTest(TestId id, Kind kind, Set<String> categories, boolean ignored) {

  /** Copies the categories. */
  public SuiteTest {
    categories = Set.copyOf(categories);
  }

  /** A test without categories. */
  public SuiteTest(TestId id, Kind kind, boolean ignored) {
    this(id, kind, Set.of(), ignored);
  }
}
