package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * What the source does, step by step.
 *
 * <p>Times of elements, windows and lateness are multiples of 10 ms and watermarks end in 5, so
 * that nothing ever happens exactly on a border, where runners may differ.
 *
 * @param kind how Beam is told
 * @param events in order; but for a {@code TestStream} and {@link Drain} one {@link Elements}
 */
record Timeline(Kind kind, List<Event> events) {

  /** The kinds of source. */
  enum Kind {
    /** {@code Create.timestamped}: bounded, never late. */
    CREATE,
    /** The same under the streaming policy. */
    CREATE_STREAMING,
    /** An unbounded source in several splits, never late. */
    UNBOUNDED_READ,
    /** The same, without an end: what ends it is the event {@link Drain}. */
    DRAINED_READ,
    /** {@code TestStream}: unbounded, with watermark and processing time under control. */
    TEST_STREAM
  }

  /** One step. */
  sealed interface Event {}

  /** Elements that arrive together. */
  record Elements(List<Element> elements) implements Event {}

  /** The watermark moves. */
  record Watermark(long toMillis) implements Event {}

  /** Processing time passes. */
  record ProcessingTime(long byMillis) implements Event {}

  /** The job is drained: which of the later elements it takes is left to it. */
  record Drain() implements Event {}

  /** An element and its event time. */
  record Element(KeyedValue content, long timeMillis) {}

  boolean unbounded() {
    return kind == Kind.TEST_STREAM || readers();
  }

  /** Whether readers of an unbounded source run on threads of their own. */
  boolean readers() {
    return kind == Kind.UNBOUNDED_READ || kind == Kind.DRAINED_READ;
  }

  /** All elements, in order. */
  List<Element> elements() {
    List<Element> all = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Elements elements) {
        all.addAll(elements.elements());
      }
    }
    return all;
  }

  /** How many elements come before the drain. */
  int elementsBeforeDrain() {
    int count = 0;
    for (Event event : events) {
      if (event instanceof Drain) {
        break;
      }
      count += event instanceof Elements elements ? elements.elements().size() : 0;
    }
    return count;
  }

  /** Whether processing time is what the timeline says, not what the machine's clock says. */
  boolean ownsClock() {
    return kind == Kind.TEST_STREAM;
  }

  /** Whether some element is older than the watermark when it arrives. */
  boolean hasLateElements() {
    long watermark = Long.MIN_VALUE;
    for (Event event : events) {
      if (event instanceof Watermark moved) {
        watermark = moved.toMillis();
      } else if (event instanceof Elements elements) {
        for (Element element : elements.elements()) {
          if (element.timeMillis() < watermark) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
