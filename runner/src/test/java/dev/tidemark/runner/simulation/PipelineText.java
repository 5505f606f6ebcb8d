package dev.tidemark.runner.simulation;

import java.util.List;
import java.util.stream.Collectors;

/** Descriptions of pipelines, for people. */
final class PipelineText {
  private PipelineText() {}

  /** Says what a pipeline is, and how to run it again. */
  static String of(PipelineSpec spec) {
    StringBuilder text = new StringBuilder();
    text.append("  source       ").append(spec.timeline().kind()).append('\n');
    for (Timeline.Event event : spec.timeline().events()) {
      text.append("               ").append(event(event)).append('\n');
    }
    steps(text, spec.before());
    Windowing windowing = spec.windowing();
    text.append("  windows      ").append(windowing.shape()).append('\n');
    text.append("               trigger ").append(windowing.trigger()).append('\n');
    text.append(
            windowing.accumulating() ? "               accumulating" : "               discarding")
        .append(", late by ")
        .append(windowing.allowedLatenessMillis())
        .append(" ms, timestamps ")
        .append(windowing.outputTime())
        .append(windowing.alwaysFireOnClose() ? ", always fires on close\n" : "\n");
    steps(text, spec.after());
    text.append("  aggregation  ").append(spec.aggregation()).append('\n');
    spec.second().ifPresent(second -> text.append("  then         ").append(second).append('\n'));
    text.append("  found by     runner/simulate --seed=").append(spec.seed()).append('\n');
    return text.toString();
  }

  private static void steps(StringBuilder text, List<Step> steps) {
    steps.forEach(step -> text.append("  step         ").append(step).append('\n'));
  }

  private static String event(Timeline.Event event) {
    if (event instanceof Timeline.Elements elements) {
      return elements.elements().stream()
          .map(
              element ->
                  element.content().key()
                      + "="
                      + element.content().value()
                      + " at "
                      + element.timeMillis())
          .collect(Collectors.joining(", "));
    } else if (event instanceof Timeline.Watermark watermark) {
      return "watermark moves to " + watermark.toMillis();
    } else if (event instanceof Timeline.ProcessingTime time) {
      return "processing time passes: " + time.byMillis() + " ms";
    }
    return "drain";
  }
}
