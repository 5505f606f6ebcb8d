package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;

/** Pipelines that are a little simpler than a given one, and that Beam and the oracle accept. */
final class SmallerPipelines {
  private final PipelineSpec spec;
  private final List<PipelineSpec> smaller = new ArrayList<>();

  private SmallerPipelines(PipelineSpec spec) {
    this.spec = spec;
  }

  /** The simpler pipelines, big steps first. */
  static List<PipelineSpec> than(PipelineSpec spec) {
    SmallerPipelines all = new SmallerPipelines(spec);
    all.withoutSecond();
    all.simplerTimelines();
    all.simplerSteps();
    all.simplerAggregations();
    all.simplerWindowings();
    return all.smaller.stream().filter(each -> !each.equals(spec) && each.accepted()).toList();
  }

  private void withoutSecond() {
    if (spec.second().isPresent()) {
      smaller.add(spec.withoutSecond());
    }
  }

  private void simplerTimelines() {
    for (List<Timeline.Event> events : SmallerLists.of(spec.timeline().events())) {
      smaller.add(spec.with(new Timeline(spec.timeline().kind(), events)));
    }
    for (int i = 0; i < spec.timeline().events().size(); i++) {
      if (spec.timeline().events().get(i) instanceof Timeline.Elements elements) {
        for (List<Timeline.Element> fewer : SmallerLists.of(elements.elements())) {
          if (!fewer.isEmpty()) {
            List<Timeline.Event> events = new ArrayList<>(spec.timeline().events());
            events.set(i, new Timeline.Elements(fewer));
            smaller.add(spec.with(new Timeline(spec.timeline().kind(), events)));
          }
        }
      }
    }
  }

  private void simplerSteps() {
    for (List<Step> before : simpler(spec.before())) {
      smaller.add(with(before, spec.windowing(), spec.after(), spec.aggregation()));
    }
    for (List<Step> after : simpler(spec.after())) {
      smaller.add(with(spec.before(), spec.windowing(), after, spec.aggregation()));
    }
  }

  /** Without some of the steps, or with the parts of one in its place. */
  private static List<List<Step>> simpler(List<Step> steps) {
    List<List<Step>> simpler = new ArrayList<>(SmallerLists.of(steps));
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step instanceof Step.Diamond diamond) {
        simpler.add(SmallerLists.replaced(steps, i, diamond.left()));
        simpler.add(SmallerLists.replaced(steps, i, diamond.right()));
      } else if (step instanceof Step.Fork fork) {
        simpler.add(SmallerLists.replaced(steps, i, fork.even()));
        simpler.add(SmallerLists.replaced(steps, i, fork.odd()));
      } else if (step instanceof Step.Explode explode) {
        Step plain = new Step.Explode(explode.modulus(), Step.Splitting.NONE);
        simpler.add(SmallerLists.replaced(steps, i, List.of(plain)));
      }
    }
    return simpler;
  }

  private void simplerAggregations() {
    aggregation(new Aggregation.Group());
    if (spec.aggregation() instanceof Aggregation.Join join) {
      simpler(join.right()).forEach(right -> aggregation(new Aggregation.Join(right)));
    } else if (spec.aggregation() instanceof Aggregation.Combine combine) {
      aggregation(new Aggregation.Combine(combine.function(), 0));
    } else if (spec.aggregation() instanceof Aggregation.Buffer buffer) {
      aggregation(new Aggregation.Buffer(buffer.flush(), Aggregation.Buffer.Store.BAG));
    }
  }

  private void aggregation(Aggregation simpler) {
    boolean alreadySimplest = spec.aggregation() instanceof Aggregation.Group;
    if (!alreadySimplest) {
      smaller.add(with(spec.before(), spec.windowing(), spec.after(), simpler));
    }
  }

  private void simplerWindowings() {
    for (Windowing windowing : SmallerWindowings.than(spec.windowing())) {
      smaller.add(with(spec.before(), windowing, spec.after(), spec.aggregation()));
    }
  }

  private PipelineSpec with(
      List<Step> before, Windowing windowing, List<Step> after, Aggregation aggregation) {
    return new PipelineSpec(
        spec.seed(), spec.timeline(), before, windowing, after, aggregation, spec.second());
  }
}
