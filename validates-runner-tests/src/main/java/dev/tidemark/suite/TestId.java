package dev.tidemark.suite;

/**
 * One test as JUnit 4 names it. Immutable.
 *
 * @param className the binary name of the test class, nested classes with {@code $}
 * @param method the method, for a parameterized test with its parameters in brackets, as in {@code
 *     testRead[0: GZIP]}
 */
public record TestId(String className, String method) implements Comparable<TestId> {
  /** In place of a method: all tests of the class. */
  public static final String WHOLE_CLASS = "*";

  /** The name a person types: {@code ParDoTest$TimerTests#testTimer}. */
  public String shortName() {
    return className.substring(className.lastIndexOf('.') + 1) + "#" + method;
  }

  /** The method without the parameters of a parameterized test. */
  public String plainMethod() {
    int bracket = method.indexOf('[');
    return bracket < 0 ? method : method.substring(0, bracket);
  }

  @Override
  public int compareTo(TestId other) {
    int byClass = className.compareTo(other.className);
    return byClass != 0 ? byClass : method.compareTo(other.method);
  }

  @Override
  public String toString() {
    return className + "#" + method;
  }
}
