package dev.tidemark.portability.environment;

import dev.tidemark.translation.graph.SdkImage;
import java.util.OptionalInt;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;

/** How many workers an environment gets, and whether they would only hinder one another. */
public final class WorkerCount {
  private static final String MULTI_CORE = "beam:protocol:multi_core_bundle_processing:v1";
  private static final String ONE_CONTAINER = "no_use_multiple_sdk_containers";

  private WorkerCount() {}

  /**
   * One if a worker uses all cores by itself, if another one would hinder it, or if the job asks
   * for one; else what the job asks for, or as many as there can be.
   */
  static int of(RunnerApi.Environment environment, Struct options, int most) {
    Value experiments = option(options, "experiments");
    boolean one =
        sharesInterpreter(environment, options)
            || environment.getCapabilitiesList().contains(MULTI_CORE)
            || experiments.getListValue().getValuesList().stream()
                .anyMatch(experiment -> experiment.getStringValue().equals(ONE_CONTAINER));
    return one ? 1 : asked(options).orElse(most);
  }

  /**
   * Whether all workers would be threads of one Python interpreter, which is what Beam's LOOPBACK
   * gives: it runs one of them at a time, and each change takes longer than many elements. Not if
   * the job asks for more.
   */
  static boolean sharesInterpreter(RunnerApi.Environment environment, Struct options) {
    return option(options, "environment_type").getStringValue().equals("LOOPBACK")
        && SdkImage.of(environment).filter(SdkImage::isPython).isPresent()
        && asked(options).isEmpty();
  }

  /**
   * How many workers a job asks for by {@code --sdk_worker_parallelism}, an option of Beam's own;
   * empty if it does not. SDKs send 1 when nobody asked for anything, so that only more than that
   * means something.
   */
  public static OptionalInt asked(Struct options) {
    Value value = option(options, "sdk_worker_parallelism");
    double number = value.getNumberValue();
    if (value.hasStringValue()) {
      try {
        number = Integer.parseInt(value.getStringValue().trim());
      } catch (NumberFormatException e) {
        return OptionalInt.empty();
      }
    }
    return number > 1 ? OptionalInt.of((int) Math.min(number, 1000)) : OptionalInt.empty();
  }

  private static Value option(Struct options, String name) {
    return options.getFieldsOrDefault(
        "beam:option:" + name + ":v1",
        options.getFieldsOrDefault(name, Value.getDefaultInstance()));
  }
}
