package dev.tidemark.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.Test;

class OrderEnrichmentTest {
  @Test
  void convertsWithTheRateOfTheCountry() {
    Pipeline pipeline = Runner.pipeline();
    PCollectionTuple outputs =
        pipeline
            .apply(
                "Orders",
                Create.of(
                    new Order(1, "ann", "de", 100),
                    new Order(2, "bob", "gb", 250),
                    new Order(3, "cid", "xx", 9)))
            .apply(
                new OrderEnrichment(
                    pipeline.apply("Rates", Create.of(KV.of("de", 1.0), KV.of("gb", 1.2)))));

    PAssert.that(outputs.get(OrderEnrichment.CONVERTED))
        .containsInAnyOrder(KV.of(1L, 100L), KV.of(2L, 300L));
    PAssert.that(outputs.get(OrderEnrichment.WITHOUT_RATE))
        .containsInAnyOrder(new Order(3, "cid", "xx", 9));
    Runner.run(pipeline);
  }
}
