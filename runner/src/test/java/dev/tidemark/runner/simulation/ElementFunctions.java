package dev.tidemark.runner.simulation;

import dev.tidemark.runner.simulation.Windowing.Span;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;

/** The functions of random pipelines that keep no state. */
final class ElementFunctions {
  private ElementFunctions() {}

  /** Applies a step to each element. */
  static final class ApplyStep extends DoFn<KV<Integer, Integer>, KV<Integer, Integer>> {
    private final Step step;

    ApplyStep(Step step) {
      this.step = step;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Integer> element, OutputReceiver<KV<Integer, Integer>> out) {
      // Whatever looks at the window is no plain step.
      for (KeyedValue result : step.apply(plain(element), Span.GLOBAL)) {
        out.output(KV.of(result.key(), result.value()));
      }
    }
  }

  /** Adds what a side input holds. */
  static final class AddSideInput<T> extends DoFn<KV<Integer, Integer>, KV<Integer, Integer>> {
    private final PCollectionView<T> view;
    private final SideSum<T> sum;

    AddSideInput(PCollectionView<T> view, SideSum<T> sum) {
      this.view = view;
      this.sum = sum;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      KV<Integer, Integer> element = context.element();
      int side = sum.of(context.sideInput(view));
      context.output(KV.of(element.getKey(), element.getValue() + side));
    }
  }

  /** Adds up a side input. */
  interface SideSum<T> extends Serializable {
    int of(T side);
  }

  /** Sends even values to the main output and odd ones to another. */
  static final class ForkByParity extends DoFn<KV<Integer, Integer>, KV<Integer, Integer>> {
    private final TupleTag<KV<Integer, Integer>> even;
    private final TupleTag<KV<Integer, Integer>> odd;

    ForkByParity(TupleTag<KV<Integer, Integer>> even, TupleTag<KV<Integer, Integer>> odd) {
      this.even = even;
      this.odd = odd;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Integer> element, MultiOutputReceiver outputs) {
      if (Step.Fork.isEven(plain(element))) {
        outputs.get(even).output(element);
      } else {
        outputs.get(odd).output(element);
      }
    }
  }

  /** Takes groups apart again, under the second aggregation's keys. */
  static final class Regroup extends DoFn<KV<Integer, List<Integer>>, KV<Integer, Integer>> {
    private final int modulus;

    Regroup(int modulus) {
      this.modulus = modulus;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, List<Integer>> group, OutputReceiver<KV<Integer, Integer>> out) {
      for (int value : group.getValue()) {
        out.output(KV.of(Math.floorMod(group.getKey(), modulus), value));
      }
    }
  }

  /** Copies an iterable. */
  static final class ToList
      extends DoFn<KV<Integer, Iterable<Integer>>, KV<Integer, List<Integer>>> {
    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<Integer>> group,
        OutputReceiver<KV<Integer, List<Integer>>> out) {
      List<Integer> values = new ArrayList<>();
      group.getValue().forEach(values::add);
      out.output(KV.of(group.getKey(), values));
    }
  }

  /** Leaves every element with window and pane for the test. */
  static final class Collect extends DoFn<KV<Integer, List<Integer>>, Void> {
    private final String run;

    Collect(String run) {
      this.run = run;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, List<Integer>> group, BoundedWindow window, PaneInfo pane) {
      Observation.Cell cell = new Observation.Cell(group.getKey(), span(window));
      Collected.of(run).add(Observation.Row.of(cell, pane, List.copyOf(group.getValue())));
    }
  }

  /** A window of Beam's as the oracle has it. */
  static Span span(BoundedWindow window) {
    return window instanceof IntervalWindow interval
        ? new Span(interval.start().getMillis(), interval.end().getMillis())
        : Span.GLOBAL;
  }

  /** An element of Beam's as the oracle has it. */
  static KeyedValue plain(KV<Integer, Integer> element) {
    return new KeyedValue(element.getKey(), element.getValue());
  }
}
