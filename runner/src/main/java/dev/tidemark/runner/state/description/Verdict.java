package dev.tidemark.runner.state.description;

import java.util.List;

/**
 * What becomes of the state of a transform that is in the pipeline.
 *
 * <p>Immutable.
 */
public sealed interface Verdict {

  /**
   * It goes on from there.
   *
   * @param before the name that it had
   */
  record Kept(String before) implements Verdict {}

  /** There is none: the transform is new, or had none before. */
  record Fresh() implements Verdict {}

  /**
   * The transform is there, but some of what it kept is not declared any more.
   *
   * @param before the name that it had
   * @param parts what is not there, as "state count"
   */
  record Reduced(String before, List<String> parts) implements Verdict {
    public Reduced {
      parts = List.copyOf(parts);
    }
  }

  /**
   * The transform cannot read it.
   *
   * @param reasons a line each, as "keys: was ..., is now ..."
   */
  record Incompatible(List<String> reasons) implements Verdict {
    public Incompatible {
      reasons = List.copyOf(reasons);
    }
  }
}
