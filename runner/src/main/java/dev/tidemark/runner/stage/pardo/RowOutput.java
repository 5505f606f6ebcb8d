package dev.tidemark.runner.stage.pardo;

import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;

/**
 * An output that takes rows and emits values of its own type.
 *
 * <p>Owned by the lane.
 *
 * @param output where they go
 * @param schema makes them of rows
 */
record RowOutput(TaggedOutput output, SchemaCoder<?> schema) implements DoFn.OutputReceiver<Row> {
  @Override
  public OutputBuilder<Row> builder(Row row) {
    return WindowedValues.builder((WindowedValue<?>) output.builder(row))
        .withValue(row)
        .setReceiver(element -> output.output(element.withValue(value(element.getValue()))));
  }

  @Override
  public void output(Row row) {
    output.output(value(row));
  }

  private Object value(Row row) {
    return schema.getFromRowFunction().apply(row);
  }
}
