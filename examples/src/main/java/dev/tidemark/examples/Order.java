package dev.tidemark.examples;

import java.io.Serializable;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * An order in a shop; as text {@code id,customer,country,cents}.
 *
 * @param id a unique number
 * @param customer who ordered
 * @param country two letters
 * @param cents the amount in hundredths of the country's currency
 */
@DefaultCoder(SerializableCoder.class)
public record Order(long id, String customer, String country, long cents) implements Serializable {

  /** How an order looks in an Avro file. */
  public static final Schema SCHEMA =
      SchemaBuilder.record("Order")
          .namespace("dev.tidemark.examples")
          .fields()
          .requiredLong("id")
          .requiredString("customer")
          .requiredString("country")
          .requiredLong("cents")
          .endRecord();

  /** Reads {@code id,customer,country,cents}. */
  public static Order parse(String line) {
    List<String> fields = List.of(line.split(",", -1));
    if (fields.size() != 4) {
      throw new IllegalArgumentException("Not id,customer,country,cents: " + line);
    }
    return new Order(
        Long.parseLong(fields.get(0)), fields.get(1), fields.get(2), Long.parseLong(fields.get(3)));
  }

  /** Writes what {@link #parse} reads. */
  public String format() {
    return id + "," + customer + "," + country + "," + cents;
  }

  /** Gives the order as an Avro record of {@link #SCHEMA}. */
  public GenericRecord toAvro() {
    return new GenericRecordBuilder(SCHEMA)
        .set("id", id)
        .set("customer", customer)
        .set("country", country)
        .set("cents", cents)
        .build();
  }

  /** Reads an Avro record of {@link #SCHEMA}. */
  public static Order fromAvro(GenericRecord record) {
    return new Order(
        (Long) record.get("id"),
        record.get("customer").toString(),
        record.get("country").toString(),
        (Long) record.get("cents"));
  }
}
