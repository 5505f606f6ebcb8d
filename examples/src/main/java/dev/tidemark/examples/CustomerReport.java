package dev.tidemark.examples;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Joins orders with the addresses of customers: a full outer join by CoGroupByKey, one line {@code
 * customer | addresses | number of orders | cents} for each customer that is on either side.
 */
public final class CustomerReport extends PTransform<PCollectionTuple, PCollection<String>> {

  /** The orders. */
  public static final TupleTag<Order> ORDERS = new TupleTag<>("orders") {};

  /** The addresses, keyed by customer. */
  public static final TupleTag<KV<String, String>> ADDRESSES = new TupleTag<>("addresses") {};

  @Override
  public PCollection<String> expand(PCollectionTuple input) {
    PCollection<KV<String, Order>> orders =
        input
            .get(ORDERS)
            .apply(
                "By customer",
                MapElements.into(
                        TypeDescriptors.kvs(
                            TypeDescriptors.strings(), TypeDescriptor.of(Order.class)))
                    .via(order -> KV.of(order.customer(), order)));
    TupleTag<Order> left = new TupleTag<>("left");
    TupleTag<String> right = new TupleTag<>("right");
    return KeyedPCollectionTuple.of(left, orders)
        .and(right, input.get(ADDRESSES))
        .apply("Join", CoGroupByKey.create())
        .apply("Describe", ParDo.of(new Describe(left, right)));
  }

  private static final class Describe extends DoFn<KV<String, CoGbkResult>, String> {
    private final TupleTag<Order> orders;
    private final TupleTag<String> addresses;

    Describe(TupleTag<Order> orders, TupleTag<String> addresses) {
      this.orders = orders;
      this.addresses = addresses;
    }

    @ProcessElement
    public void process(@Element KV<String, CoGbkResult> customer, OutputReceiver<String> lines) {
      List<String> places = new ArrayList<>();
      customer.getValue().getAll(addresses).forEach(places::add);
      places.sort(null);
      int count = 0;
      long cents = 0;
      for (Order order : customer.getValue().getAll(orders)) {
        count++;
        cents += order.cents();
      }
      lines.output(
          customer.getKey()
              + " | "
              + (places.isEmpty() ? "no address" : String.join("; ", places))
              + " | "
              + count
              + " | "
              + cents);
    }
  }
}
