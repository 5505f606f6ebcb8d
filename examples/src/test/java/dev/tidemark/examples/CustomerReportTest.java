package dev.tidemark.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.Test;

class CustomerReportTest {
  @Test
  void joinsBothSidesAndKeepsWhatHasNoPartner() {
    Pipeline pipeline = Runner.pipeline();
    PCollection<Order> orders =
        pipeline.apply(
            "Orders",
            Create.of(
                new Order(1, "ann", "de", 100),
                new Order(2, "bob", "fr", 250),
                new Order(3, "ann", "de", 1),
                new Order(4, "dan", "it", 7)));
    PCollection<KV<String, String>> addresses =
        pipeline.apply(
            "Addresses",
            Create.of(
                KV.of("bob", "Paris"),
                KV.of("ann", "Ulm"),
                KV.of("ann", "Bonn"),
                KV.of("eve", "Oslo")));

    PCollection<String> report =
        PCollectionTuple.of(CustomerReport.ORDERS, orders)
            .and(CustomerReport.ADDRESSES, addresses)
            .apply(new CustomerReport());

    PAssert.that(report)
        .containsInAnyOrder(
            "ann | Bonn; Ulm | 2 | 101",
            "bob | Paris | 1 | 250",
            "dan | no address | 1 | 7",
            "eve | Oslo | 0 | 0");
    Runner.run(pipeline);
  }
}
