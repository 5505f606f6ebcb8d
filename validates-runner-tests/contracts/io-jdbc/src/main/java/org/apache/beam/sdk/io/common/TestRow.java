package org.apache.beam.sdk.io.common;

import java.io.Serializable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A row of the tables that {@link DatabaseTestHelper} makes. Immutable.
 *
 * @param id the column {@code id}
 * @param name the column {@code name}, null where the table has none
 */
public record TestRow(Integer id, @Nullable String name) implements Serializable {

  /** A row of the given values. */
  public static TestRow create(Integer id, @Nullable String name) {
    return new TestRow(id, name);
  }

  /** The row that belongs to {@code seed}. */
  public static TestRow fromSeed(Integer seed) {
    return new TestRow(seed, getNameForSeed(seed));
  }

  /** The name of the row that belongs to {@code seed}; tests have some of them as literals. */
  public static String getNameForSeed(Integer seed) {
    return "Testval" + seed;
  }

  /** The rows of the seeds from {@code start}, and before {@code end}. */
  public static Iterable<TestRow> getExpectedValues(int start, int end) {
    return IntStream.range(start, end).mapToObj(TestRow::fromSeed).toList();
  }
}
