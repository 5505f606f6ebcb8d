package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Windowings that are a little simpler than a given one. */
final class SmallerWindowings {
  private SmallerWindowings() {}

  /** The simpler windowings; Beam may refuse some. */
  static List<Windowing> than(Windowing spec) {
    List<Windowing> simpler = new ArrayList<>();
    if (!(spec.shape() instanceof Windowing.Fixed)) {
      simpler.add(with(new Windowing.Fixed(100, 0), spec.trigger(), spec));
    }
    for (TriggerSpec trigger : simpler(spec.trigger())) {
      simpler.add(with(spec.shape(), trigger, spec));
    }
    simpler.add(
        new Windowing(
            spec.shape(),
            spec.trigger(),
            spec.accumulating(),
            0,
            spec.outputTime(),
            spec.alwaysFireOnClose()));
    simpler.add(
        new Windowing(
            spec.shape(),
            spec.trigger(),
            false,
            spec.allowedLatenessMillis(),
            Windowing.OutputTime.END_OF_WINDOW,
            false));
    return simpler;
  }

  private static Windowing with(Windowing.Shape shape, TriggerSpec trigger, Windowing spec) {
    return new Windowing(
        shape,
        trigger,
        spec.accumulating(),
        spec.allowedLatenessMillis(),
        spec.outputTime(),
        spec.alwaysFireOnClose());
  }

  /** The default, each part, each repeated, and the trigger without or with a simpler part. */
  private static List<TriggerSpec> simpler(TriggerSpec trigger) {
    List<TriggerSpec> simpler = new ArrayList<>();
    if (trigger instanceof TriggerSpec.Default) {
      return simpler;
    }
    simpler.add(new TriggerSpec.Default());
    simpler.addAll(trigger.parts());
    if (trigger instanceof TriggerSpec.Forever forever) {
      simpler(forever.repeated()).forEach(part -> simpler.add(new TriggerSpec.Forever(part)));
    } else if (trigger instanceof TriggerSpec.Each each) {
      SmallerLists.of(each.parts()).forEach(parts -> add(simpler, parts, TriggerSpec.Each::new));
    } else if (trigger instanceof TriggerSpec.First first) {
      SmallerLists.of(first.parts()).forEach(parts -> add(simpler, parts, TriggerSpec.First::new));
    } else if (trigger instanceof TriggerSpec.All all) {
      SmallerLists.of(all.parts()).forEach(parts -> add(simpler, parts, TriggerSpec.All::new));
    } else if (trigger instanceof TriggerSpec.EndOfWindow end) {
      simpler.add(new TriggerSpec.EndOfWindow(Optional.empty(), end.late()));
      simpler.add(new TriggerSpec.EndOfWindow(end.early(), Optional.empty()));
    } else if (trigger instanceof TriggerSpec.Until until) {
      simpler(until.actual())
          .forEach(actual -> simpler.add(new TriggerSpec.Until(actual, until.last())));
    }
    simpler.removeIf(trigger::equals);
    return simpler;
  }

  private interface Composite {
    TriggerSpec of(List<TriggerSpec> parts);
  }

  /** Beam wants two parts at least. */
  private static void add(List<TriggerSpec> simpler, List<TriggerSpec> parts, Composite composite) {
    if (parts.size() > 1) {
      simpler.add(composite.of(parts));
    }
  }
}
