package dev.tidemark.runner.simulation;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** When panes are fired: Beam's triggers, as data. */
sealed interface TriggerSpec {

  /** Whether a group whose elements are all on time is fired exactly once. */
  default boolean firesOnce() {
    return false;
  }

  /** Whether Beam fears that it ends, after which a window takes no more elements. */
  boolean mayFinish();

  /** Whether it is Beam's default, which says nothing about global windows. */
  default boolean isDefault() {
    return this instanceof Default;
  }

  /** Whether Beam accepts it: it must not end while windows can still get elements. */
  default boolean losesNothing(long allowedLatenessMillis) {
    boolean endsWithWindow = this instanceof EndOfWindow && allowedLatenessMillis == 0;
    return !mayFinish() || endsWithWindow || this instanceof Never;
  }

  /** Whether it depends on processing time. */
  default boolean looksAtClock() {
    return parts().stream().anyMatch(TriggerSpec::looksAtClock);
  }

  /** What it is made of. */
  default List<TriggerSpec> parts() {
    return List.of();
  }

  /** Beam's default: whenever something is new after the end of the window. */
  record Default() implements TriggerSpec {
    @Override
    public boolean firesOnce() {
      return true;
    }

    @Override
    public boolean mayFinish() {
      return false;
    }
  }

  /** At no time but when the window expires. */
  record Never() implements TriggerSpec {
    @Override
    public boolean mayFinish() {
      return true;
    }
  }

  /** When there are so many elements. */
  record Count(int elements) implements TriggerSpec {
    @Override
    public boolean mayFinish() {
      return true;
    }
  }

  /** When so much processing time has passed since the first element. */
  record Delay(long millis) implements TriggerSpec {
    @Override
    public boolean mayFinish() {
      return true;
    }

    @Override
    public boolean looksAtClock() {
      return true;
    }
  }

  /** At the end of the window, and again and again before and after it as the parts say. */
  record EndOfWindow(Optional<TriggerSpec> early, Optional<TriggerSpec> late)
      implements TriggerSpec {
    @Override
    public boolean firesOnce() {
      return early.isEmpty();
    }

    @Override
    public boolean mayFinish() {
      return late.isEmpty();
    }

    @Override
    public List<TriggerSpec> parts() {
      return Stream.concat(early.stream(), late.stream()).toList();
    }
  }

  /** One after the other. */
  record Each(List<TriggerSpec> parts) implements TriggerSpec {
    @Override
    public boolean mayFinish() {
      return parts.stream().allMatch(TriggerSpec::mayFinish);
    }
  }

  /** When the first of them is ready. */
  record First(List<TriggerSpec> parts) implements TriggerSpec {
    @Override
    public boolean mayFinish() {
      return true;
    }
  }

  /** When all of them are ready. */
  record All(List<TriggerSpec> parts) implements TriggerSpec {
    @Override
    public boolean mayFinish() {
      return true;
    }
  }

  /** Again and again. */
  record Forever(TriggerSpec repeated) implements TriggerSpec {
    @Override
    public boolean mayFinish() {
      return false;
    }

    @Override
    public List<TriggerSpec> parts() {
      return List.of(repeated);
    }
  }

  /** One trigger until another is ready, which is the last to fire. */
  record Until(TriggerSpec actual, TriggerSpec last) implements TriggerSpec {
    @Override
    public boolean mayFinish() {
      return true;
    }

    @Override
    public List<TriggerSpec> parts() {
      return List.of(actual, last);
    }
  }
}
