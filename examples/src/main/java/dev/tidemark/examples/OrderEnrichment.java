package dev.tidemark.examples;

import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Turns each order's amount into one currency, with the rates of all countries as a side input; the
 * orders of countries without a rate go to an output of their own.
 */
public final class OrderEnrichment extends PTransform<PCollection<Order>, PCollectionTuple> {

  /** {@code KV<order id, cents in the common currency>}. */
  public static final TupleTag<KV<Long, Long>> CONVERTED = new TupleTag<>("converted") {};

  /** Orders whose country has no rate. */
  public static final TupleTag<Order> WITHOUT_RATE = new TupleTag<>("withoutRate") {};

  private final PCollection<KV<String, Double>> rates;

  /** Takes the rates, one for each country. */
  @SuppressWarnings("serial")
  public OrderEnrichment(PCollection<KV<String, Double>> rates) {
    this.rates = rates;
  }

  @Override
  public PCollectionTuple expand(PCollection<Order> orders) {
    PCollectionView<Map<String, Double>> view = rates.apply("Rates as a map", View.asMap());
    return orders.apply(
        "Convert",
        ParDo.of(new Convert(view))
            .withSideInputs(view)
            .withOutputTags(CONVERTED, TupleTagList.of(WITHOUT_RATE)));
  }

  private static final class Convert extends DoFn<Order, KV<Long, Long>> {
    private final PCollectionView<Map<String, Double>> rates;

    Convert(PCollectionView<Map<String, Double>> rates) {
      this.rates = rates;
    }

    @ProcessElement
    public void process(@Element Order order, ProcessContext context) {
      Double rate = context.sideInput(rates).get(order.country());
      if (rate == null) {
        context.output(WITHOUT_RATE, order);
      } else {
        context.output(KV.of(order.id(), Math.round(order.cents() * rate)));
      }
    }
  }
}
