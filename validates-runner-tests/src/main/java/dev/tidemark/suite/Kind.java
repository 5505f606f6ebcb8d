package dev.tidemark.suite;

/** The groups of Beam's tests that need a runner. */
public enum Kind {
  /** What every runner should do: category {@code ValidatesRunner}. */
  VALIDATES_RUNNER("ValidatesRunner"),
  /** Tests of transforms that need some runner: category {@code NeedsRunner} and no more. */
  NEEDS_RUNNER("NeedsRunner"),
  /** Tests of a class that uses {@code TestPipeline} and gives none of its tests a category. */
  TEST_PIPELINE("TestPipeline");

  private final String label;

  Kind(String label) {
    this.label = label;
  }

  /** Beam's name of the category, or of what the tests use. */
  public String label() {
    return label;
  }

  /** The kind with the name {@code label}. */
  public static Kind of(String label) {
    for (Kind kind : values()) {
      if (kind.label.equalsIgnoreCase(label)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "No such kind of test: " + label + "; use ValidatesRunner, NeedsRunner or TestPipeline.");
  }
}
