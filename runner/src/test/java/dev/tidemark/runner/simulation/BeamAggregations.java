package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.GroupIntoBatches;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Makes Beam's grouping transforms of descriptions. */
final class BeamAggregations {
  private static final TupleTag<Integer> LEFT = new TupleTag<>("left");
  private static final TupleTag<Integer> RIGHT = new TupleTag<>("right");

  private BeamAggregations() {}

  static PCollection<KV<Integer, List<Integer>>> apply(
      Aggregation aggregation, PCollection<KV<Integer, Integer>> input, BeamPipeline builder) {
    return aggregate(aggregation, input, builder).setCoder(BeamPipeline.GROUP);
  }

  private static PCollection<KV<Integer, List<Integer>>> aggregate(
      Aggregation aggregation, PCollection<KV<Integer, Integer>> input, BeamPipeline builder) {
    if (aggregation instanceof Aggregation.Group) {
      return input
          .apply("Group", GroupByKey.create())
          .apply("Group to list", ParDo.of(new ElementFunctions.ToList()));
    } else if (aggregation instanceof Aggregation.Combine combine) {
      return combine(combine, input, builder);
    } else if (aggregation instanceof Aggregation.Join join) {
      PCollection<KV<Integer, Integer>> right = builder.steps(input, join.right());
      return KeyedPCollectionTuple.of(LEFT, input)
          .and(RIGHT, right)
          .apply("Join", CoGroupByKey.create())
          .apply("Join to list", ParDo.of(new JoinToList()));
    } else if (aggregation instanceof Aggregation.Batches batches) {
      return input
          .apply("Batches", GroupIntoBatches.ofSize(batches.size()))
          .apply("Batch to list", ParDo.of(new ElementFunctions.ToList()));
    } else if (aggregation instanceof Aggregation.Deduplicate deduplicate) {
      return deduplicate.inMap()
          ? input.apply("Deduplicate", ParDo.of(new StatefulFunctions.DeduplicateInMap()))
          : input.apply("Deduplicate", ParDo.of(new StatefulFunctions.DeduplicateInSet()));
    } else if (aggregation instanceof Aggregation.Totals totals) {
      return input.apply("Totals", ParDo.of(new StatefulFunctions.BucketTotals(totals.buckets())));
    } else if (aggregation instanceof Aggregation.Buffer buffer) {
      return input.apply("Buffer", ParDo.of(new BufferFunction(buffer)));
    }
    throw new AssertionError("Not all aggregations are dealt with: " + aggregation);
  }

  private static PCollection<KV<Integer, List<Integer>>> combine(
      Aggregation.Combine combine, PCollection<KV<Integer, Integer>> input, BeamPipeline builder) {
    String name = builder.name("Combine");
    return switch (combine.function()) {
      case SUM -> fanout(name, combine, input, Combine.perKey(Sum.ofIntegers()));
      case MAXIMUM -> fanout(name, combine, input, Combine.perKey(Max.ofIntegers()));
      case COUNT ->
          input
              .apply(name, Count.perKey())
              .apply(
                  name + " to int",
                  MapElements.into(
                          TypeDescriptors.kvs(
                              TypeDescriptors.integers(),
                              TypeDescriptors.lists(TypeDescriptors.integers())))
                      .via(count -> KV.of(count.getKey(), List.of(count.getValue().intValue()))));
    };
  }

  private static PCollection<KV<Integer, List<Integer>>> fanout(
      String name,
      Aggregation.Combine combine,
      PCollection<KV<Integer, Integer>> input,
      Combine.PerKey<Integer, Integer, Integer> transform) {
    int fanout = combine.fanout();
    SerializableFunction<? super Integer, Integer> spread = key -> fanout;
    PCollection<KV<Integer, Integer>> combined =
        fanout == 0
            ? input.apply(name, transform)
            : input.apply(name, transform.withHotKeyFanout(spread));
    return combined.apply(
        name + " to list",
        MapElements.into(
                TypeDescriptors.kvs(
                    TypeDescriptors.integers(), TypeDescriptors.lists(TypeDescriptors.integers())))
            .via(each -> KV.of(each.getKey(), List.of(each.getValue()))));
  }

  private static final class JoinToList
      extends DoFn<KV<Integer, CoGbkResult>, KV<Integer, List<Integer>>> {
    @ProcessElement
    public void process(
        @Element KV<Integer, CoGbkResult> group, OutputReceiver<KV<Integer, List<Integer>>> out) {
      List<Integer> values = new ArrayList<>();
      group.getValue().getAll(LEFT).forEach(value -> values.add(value * 2));
      group.getValue().getAll(RIGHT).forEach(value -> values.add(value * 2 + 1));
      out.output(KV.of(group.getKey(), values));
    }
  }
}
