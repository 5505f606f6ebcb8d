package dev.tidemark.runner.stage.sdf;

import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFnOutputReceivers;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.ArgumentProvider;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.DelegatingArgumentProvider;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.OutputBuilderSuppliers;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Adds to Beam's arguments of {@code @ProcessElement} what its class for splittable functions does
 * not provide: window and pane, rows, and fields of the element.
 *
 * <p>Owned by the thread that runs the function.
 */
final class ProcessArguments extends DelegatingArgumentProvider<Object, Object> {
  private final WindowedValue<Object> element;
  private final DoFnSchemaInformation schemas;
  private final TupleTag<?> mainOutput;
  private final Map<TupleTag<?>, Coder<?>> outputCoders;
  private final String name;

  ProcessArguments(
      ArgumentProvider<Object, Object> beam,
      String name,
      WindowedValue<Object> element,
      DoFnSchemaInformation schemas,
      TupleTag<?> mainOutput,
      Map<TupleTag<?>, Coder<?>> outputCoders) {
    super(beam, name);
    this.name = name;
    this.element = element;
    this.schemas = schemas;
    this.mainOutput = mainOutput;
    this.outputCoders = outputCoders;
  }

  @Override
  public BoundedWindow window() {
    return SplittableFunction.onlyWindow(element);
  }

  @Override
  public PaneInfo paneInfo(DoFn<Object, Object> doFn) {
    return element.getPaneInfo();
  }

  @Override
  @SuppressWarnings({"unchecked", "rawtypes"}) // the converter was made for the element's type
  public @Nullable Object schemaElement(int index) {
    return ((org.apache.beam.sdk.transforms.SerializableFunction)
            schemas.getElementConverters().get(index))
        .apply(element.getValue());
  }

  @Override
  public DoFn.OutputReceiver<Row> outputRowReceiver(DoFn<Object, Object> doFn) {
    if (!(outputCoders.get(mainOutput) instanceof SchemaCoder<?> coder)) {
      throw new IllegalStateException(
          name + ": its output has no schema, so it cannot emit rows; set one on the PCollection");
    }
    return DoFnOutputReceivers.rowReceiver(
        processContext(doFn), OutputBuilderSuppliers.supplierForElement(element), null, coder);
  }

  @Override
  public DoFn.MultiOutputReceiver taggedOutputReceiver(DoFn<Object, Object> doFn) {
    return DoFnOutputReceivers.windowedMultiReceiver(
        processContext(doFn), OutputBuilderSuppliers.supplierForElement(element), outputCoders);
  }
}
