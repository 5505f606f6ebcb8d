package dev.tidemark.runner.simulation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A transform that looks at one element at a time, and what it means. */
sealed interface Step extends Serializable {

  /** What becomes of one element. */
  List<KeyedValue> apply(KeyedValue element);

  /** Applies steps one after another. */
  static List<KeyedValue> applyAll(List<Step> steps, List<KeyedValue> elements) {
    List<KeyedValue> current = elements;
    for (Step step : steps) {
      List<KeyedValue> next = new ArrayList<>();
      for (KeyedValue element : current) {
        next.addAll(step.apply(element));
      }
      current = next;
    }
    return current;
  }

  /** Adds to the value. */
  record Add(int amount) implements Step {
    @Override
    public List<KeyedValue> apply(KeyedValue element) {
      return List.of(new KeyedValue(element.key(), element.value() + amount));
    }
  }

  /** Makes a new key of key and value. */
  record Rekey(int modulus) implements Step {
    @Override
    public List<KeyedValue> apply(KeyedValue element) {
      int key = Math.floorMod(element.key() + element.value(), modulus);
      return List.of(new KeyedValue(key, element.value()));
    }
  }

  /** Drops the elements whose value has a certain remainder. */
  record Drop(int modulus, int remainder) implements Step {
    @Override
    public List<KeyedValue> apply(KeyedValue element) {
      return Math.floorMod(element.value(), modulus) == remainder ? List.of() : List.of(element);
    }
  }

  /** Makes several of one, by a plain or by a splittable function. */
  record Explode(int modulus, boolean splittable) implements Step {
    int copies(KeyedValue element) {
      return Math.floorMod(element.value(), modulus);
    }

    KeyedValue copy(KeyedValue element, int number) {
      return new KeyedValue(element.key(), element.value() + 1000 * number);
    }

    @Override
    public List<KeyedValue> apply(KeyedValue element) {
      List<KeyedValue> copies = new ArrayList<>();
      for (int i = 0; i < copies(element); i++) {
        copies.add(copy(element, i));
      }
      return copies;
    }
  }

  /** Adds the sum of a side input. */
  record AddSide(View view, List<Integer> values) implements Step {
    enum View {
      SINGLETON,
      ITERABLE,
      LIST,
      MAP,
      MULTIMAP
    }

    @Override
    public List<KeyedValue> apply(KeyedValue element) {
      int sum = values.stream().mapToInt(Integer::intValue).sum();
      return List.of(new KeyedValue(element.key(), element.value() + sum));
    }
  }

  /** Moves elements between workers and changes nothing. */
  record Shuffle(Kind kind) implements Step {
    enum Kind {
      RESHUFFLE_BY_KEY,
      RESHUFFLE_ANYHOW,
      REDISTRIBUTE_BY_KEY,
      REDISTRIBUTE_ANYHOW
    }

    @Override
    public List<KeyedValue> apply(KeyedValue element) {
      return List.of(element);
    }
  }

  /** Sends every element down both branches and unites what comes out. */
  record Diamond(List<Step> left, List<Step> right) implements Step {
    @Override
    public List<KeyedValue> apply(KeyedValue element) {
      List<KeyedValue> both = new ArrayList<>(applyAll(left, List.of(element)));
      both.addAll(applyAll(right, List.of(element)));
      return both;
    }
  }

  /** Sends even values down one output of a function, odd ones down another, and unites them. */
  record Fork(List<Step> even, List<Step> odd) implements Step {
    static boolean isEven(KeyedValue element) {
      return Math.floorMod(element.value(), 2) == 0;
    }

    @Override
    public List<KeyedValue> apply(KeyedValue element) {
      return applyAll(isEven(element) ? even : odd, List.of(element));
    }
  }

  /** Unites a collection with itself. */
  record Twice() implements Step {
    @Override
    public List<KeyedValue> apply(KeyedValue element) {
      return Collections.nCopies(2, element);
    }
  }
}
