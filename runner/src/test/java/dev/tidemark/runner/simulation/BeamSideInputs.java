package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/** Makes Beam's side inputs of every view kind. */
final class BeamSideInputs {
  private BeamSideInputs() {}

  static PCollection<KV<Integer, Integer>> apply(
      String name, Step.AddSide side, PCollection<KV<Integer, Integer>> input) {
    return switch (side.view()) {
      case SINGLETON ->
          add(
              name,
              input,
              values(name, side, input)
                  .apply(name + " view", Sum.integersGlobally().asSingletonView()),
              sum -> sum);
      case ITERABLE ->
          add(
              name,
              input,
              values(name, side, input).apply(name + " view", View.asIterable()),
              BeamSideInputs::sum);
      case LIST ->
          add(
              name,
              input,
              values(name, side, input).apply(name + " view", View.asList()),
              BeamSideInputs::sum);
      case MAP ->
          add(
              name,
              input,
              numbered(name, side, input).apply(name + " view", View.asMap()),
              (Map<Integer, Integer> map) -> sum(map.values()));
      case MULTIMAP ->
          add(
              name,
              input,
              numbered(name, side, input).apply(name + " view", View.asMultimap()),
              (Map<Integer, Iterable<Integer>> map) -> {
                int sum = 0;
                for (Iterable<Integer> each : map.values()) {
                  sum += sum(each);
                }
                return sum;
              });
    };
  }

  private static PCollection<Integer> values(
      String name, Step.AddSide side, PCollection<KV<Integer, Integer>> input) {
    return input
        .getPipeline()
        .apply(name + " values", Create.of(side.values()).withCoder(VarIntCoder.of()));
  }

  private static PCollection<KV<Integer, Integer>> numbered(
      String name, Step.AddSide side, PCollection<KV<Integer, Integer>> input) {
    List<KV<Integer, Integer>> numbered = new ArrayList<>();
    for (int value : side.values()) {
      numbered.add(KV.of(numbered.size(), value));
    }
    return input
        .getPipeline()
        .apply(name + " values", Create.of(numbered).withCoder(BeamPipeline.PAIR));
  }

  private static <T> PCollection<KV<Integer, Integer>> add(
      String name,
      PCollection<KV<Integer, Integer>> input,
      PCollectionView<T> view,
      ElementFunctions.SideSum<T> sum) {
    return input.apply(
        name, ParDo.of(new ElementFunctions.AddSideInput<>(view, sum)).withSideInputs(view));
  }

  private static int sum(Iterable<Integer> values) {
    int sum = 0;
    for (int value : values) {
      sum += value;
    }
    return sum;
  }
}
