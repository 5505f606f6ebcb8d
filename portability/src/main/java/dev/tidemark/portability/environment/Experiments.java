package dev.tidemark.portability.environment;

import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;

/** The experiments of a job, an option that all SDKs have. */
public final class Experiments {
  private static final String OPTION = "beam:option:experiments:v1";

  private Experiments() {}

  /** Whether the options of a job, as it was submitted with, name an experiment. */
  public static boolean contains(Struct options, String experiment) {
    return options
        .getFieldsOrDefault(OPTION, Value.getDefaultInstance())
        .getListValue()
        .getValuesList()
        .stream()
        .anyMatch(value -> value.getStringValue().equals(experiment));
  }
}
