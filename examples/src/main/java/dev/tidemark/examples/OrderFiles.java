package dev.tidemark.examples;

import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.extensions.avro.coders.AvroCoder;
import org.apache.beam.sdk.extensions.avro.io.AvroIO;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Contextful;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Orders from and to files: text, Avro, and a text file for each country. */
public final class OrderFiles {
  private OrderFiles() {}

  /** Reads text lines {@code id,customer,country,cents}. */
  public static PCollection<Order> readText(Pipeline pipeline, String pattern) {
    return pipeline
        .apply("Read text", TextIO.read().from(pattern))
        .apply("Parse", MapElements.into(TypeDescriptor.of(Order.class)).via(Order::parse));
  }

  /** Writes text lines into files that start with {@code prefix}. */
  public static void writeText(PCollection<Order> orders, String prefix) {
    orders
        .apply("To text", MapElements.into(TypeDescriptors.strings()).via(Order::format))
        .apply("Write text", TextIO.write().to(prefix).withSuffix(".csv"));
  }

  /** Reads Avro files of {@link Order#SCHEMA}. */
  public static PCollection<Order> readAvro(Pipeline pipeline, String pattern) {
    return pipeline
        .apply("Read Avro", AvroIO.readGenericRecords(Order.SCHEMA).from(pattern))
        .apply("From Avro", MapElements.into(TypeDescriptor.of(Order.class)).via(Order::fromAvro));
  }

  /** Writes Avro files that start with {@code prefix}. */
  public static void writeAvro(PCollection<Order> orders, String prefix) {
    orders
        .apply(
            "To Avro", MapElements.into(TypeDescriptor.of(GenericRecord.class)).via(Order::toAvro))
        .setCoder(AvroCoder.of(Order.SCHEMA))
        .apply(
            "Write Avro", AvroIO.writeGenericRecords(Order.SCHEMA).to(prefix).withSuffix(".avro"));
  }

  /** Writes the orders of each country into text files of their own in {@code directory}. */
  public static void writePerCountry(PCollection<Order> orders, String directory) {
    orders.apply(
        "Write per country",
        FileIO.<String, Order>writeDynamic()
            .by(Order::country)
            .via(Contextful.fn(Order::format), TextIO.sink())
            .withDestinationCoder(StringUtf8Coder.of())
            .withNaming(country -> FileIO.Write.defaultNaming("orders-" + country, ".csv"))
            .to(directory));
  }
}
