package dev.tidemark.runner.simulation;

import dev.tidemark.runner.simulation.Windowing.Span;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A transform that looks at one element at a time, and what it means. */
sealed interface Step extends Serializable {

  /** What becomes of one element in a window. */
  List<KeyedValue> apply(KeyedValue element, Span window);

  /** Applies steps one after another. */
  static List<KeyedValue> applyAll(List<Step> steps, List<KeyedValue> elements, Span window) {
    List<KeyedValue> current = elements;
    for (Step step : steps) {
      List<KeyedValue> next = new ArrayList<>();
      for (KeyedValue element : current) {
        next.addAll(step.apply(element, window));
      }
      current = next;
    }
    return current;
  }

  /** Adds to the value. */
  record Add(int amount) implements Step {
    @Override
    public List<KeyedValue> apply(KeyedValue element, Span window) {
      return List.of(new KeyedValue(element.key(), element.value() + amount));
    }
  }

  /** Makes a new key of key and value. */
  record Rekey(int modulus) implements Step {
    @Override
    public List<KeyedValue> apply(KeyedValue element, Span window) {
      int key = Math.floorMod(element.key() + element.value(), modulus);
      return List.of(new KeyedValue(key, element.value()));
    }
  }

  /** Drops the elements whose value has a certain remainder. */
  record Drop(int modulus, int remainder) implements Step {
    @Override
    public List<KeyedValue> apply(KeyedValue element, Span window) {
      return Math.floorMod(element.value(), modulus) == remainder ? List.of() : List.of(element);
    }
  }

  /** Makes several of one. */
  record Explode(int modulus, Splitting splitting) implements Step {
    int copies(KeyedValue element) {
      return Math.floorMod(element.value(), modulus);
    }

    KeyedValue copy(KeyedValue element, int number) {
      return new KeyedValue(element.key(), element.value() + 1000 * number);
    }

    @Override
    public List<KeyedValue> apply(KeyedValue element, Span window) {
      List<KeyedValue> copies = new ArrayList<>();
      for (int i = 0; i < copies(element); i++) {
        copies.add(copy(element, i));
      }
      return copies;
    }
  }

  /**
   * Whether and how a function is splittable.
   *
   * @param pieces into how many its restrictions are split at first, at most; 0 for a plain
   *     function
   * @param claims after how many claims a call stops and asks to be called again; 0 for never
   * @param unbounded whether the function says that its output is unbounded
   */
  record Splitting(int pieces, int claims, boolean unbounded) implements Serializable {
    static final Splitting NONE = new Splitting(0, 0, false);
  }

  /** Adds the sum of a side input's window. */
  record AddSide(View view, Side side) implements Step {
    enum View {
      SINGLETON,
      ITERABLE,
      LIST,
      MAP,
      MULTIMAP
    }

    @Override
    public List<KeyedValue> apply(KeyedValue element, Span window) {
      int sum = 0;
      for (SideValue value : side.values()) {
        sum += side.sees(window, value) ? value.value() : 0;
      }
      return List.of(new KeyedValue(element.key(), element.value() + sum));
    }
  }

  /**
   * What a side input is made of.
   *
   * @param windowMillis the size of its fixed windows, or 0 for the global one
   * @param streamed whether it comes bit by bit from a {@code TestStream} of its own, so that the
   *     main input has to wait for it
   */
  record Side(List<SideValue> values, long windowMillis, boolean streamed) implements Serializable {
    boolean sees(Span mainWindow, SideValue value) {
      return windowMillis == 0
          || Math.floorDiv(mainWindow.endMillis() - 1, windowMillis)
              == Math.floorDiv(value.timeMillis(), windowMillis);
    }
  }

  /** A number and its event time. */
  record SideValue(int value, long timeMillis) implements Serializable {}

  /** Moves elements between workers and changes nothing. */
  record Shuffle(Kind kind) implements Step {
    enum Kind {
      RESHUFFLE_BY_KEY,
      RESHUFFLE_ANYHOW,
      REDISTRIBUTE_BY_KEY,
      REDISTRIBUTE_ANYHOW
    }

    @Override
    public List<KeyedValue> apply(KeyedValue element, Span window) {
      return List.of(element);
    }
  }

  /** Sends every element down both branches and unites what comes out. */
  record Diamond(List<Step> left, List<Step> right) implements Step {
    @Override
    public List<KeyedValue> apply(KeyedValue element, Span window) {
      List<KeyedValue> both = new ArrayList<>(applyAll(left, List.of(element), window));
      both.addAll(applyAll(right, List.of(element), window));
      return both;
    }
  }

  /** Sends even values down one output of a function, odd ones down another, and unites them. */
  record Fork(List<Step> even, List<Step> odd) implements Step {
    static boolean isEven(KeyedValue element) {
      return Math.floorMod(element.value(), 2) == 0;
    }

    @Override
    public List<KeyedValue> apply(KeyedValue element, Span window) {
      return applyAll(isEven(element) ? even : odd, List.of(element), window);
    }
  }

  /** Unites a collection with itself. */
  record Twice() implements Step {
    @Override
    public List<KeyedValue> apply(KeyedValue element, Span window) {
      return Collections.nCopies(2, element);
    }
  }
}
