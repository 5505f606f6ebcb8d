package dev.tidemark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderFilesTest {
  private static final List<Order> ORDERS = orders();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit does
  private Path directory;

  @Test
  void textRoundTrip() {
    Pipeline write = Runner.pipeline();
    OrderFiles.writeText(write.apply(Create.of(ORDERS)), directory + "/text/orders");
    Runner.run(write);

    assertThat(OutputFiles.lines(directory.resolve("text")))
        .containsExactlyInAnyOrderElementsOf(ORDERS.stream().map(Order::format).toList());

    Pipeline read = Runner.pipeline();
    PAssert.that(OrderFiles.readText(read, directory + "/text/orders*.csv"))
        .containsInAnyOrder(ORDERS);
    Runner.run(read);
  }

  @Test
  void avroRoundTrip() {
    Pipeline write = Runner.pipeline();
    OrderFiles.writeAvro(write.apply(Create.of(ORDERS)), directory + "/avro/orders");
    Runner.run(write);

    Pipeline read = Runner.pipeline();
    PAssert.that(OrderFiles.readAvro(read, directory + "/avro/orders*.avro"))
        .containsInAnyOrder(ORDERS);
    Runner.run(read);
  }

  @Test
  void eachCountryHasItsOwnFiles() {
    Pipeline pipeline = Runner.pipeline();
    OrderFiles.writePerCountry(pipeline.apply(Create.of(ORDERS)), directory + "/countries");
    Runner.run(pipeline);

    Map<String, List<String>> byCountry = new TreeMap<>();
    OutputFiles.byFile(directory.resolve("countries"))
        .forEach(
            (file, lines) ->
                byCountry
                    .computeIfAbsent(file.split("-", -1)[1], country -> new ArrayList<>())
                    .addAll(lines));
    assertThat(byCountry.keySet()).containsExactly("de", "fr", "it");
    byCountry.forEach(
        (country, lines) ->
            assertThat(lines)
                .containsExactlyInAnyOrderElementsOf(
                    ORDERS.stream()
                        .filter(order -> order.country().equals(country))
                        .map(Order::format)
                        .toList()));
  }

  private static List<Order> orders() {
    List<String> countries = List.of("de", "fr", "it");
    List<Order> orders = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      orders.add(new Order(i, "customer-" + i % 7, countries.get(i % 3), i * 37L));
    }
    return orders;
  }
}
