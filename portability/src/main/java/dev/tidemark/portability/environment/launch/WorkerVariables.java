package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.WorkerStart;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.Endpoints;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.util.JsonFormat;

/** What SDK harnesses expect to be told by whoever starts them. */
final class WorkerVariables {
  private WorkerVariables() {}

  /** The variables that all harnesses understand. */
  static Map<String, String> of(WorkerStart start) {
    Map<String, String> variables = new HashMap<>();
    variables.put("CONTROL_API_SERVICE_DESCRIPTOR", descriptor(start.endpoints().control()));
    variables.put("LOGGING_API_SERVICE_DESCRIPTOR", descriptor(start.endpoints().logging()));
    if (start.endpoints().status() != null) {
      variables.put("STATUS_API_SERVICE_DESCRIPTOR", descriptor(start.endpoints().status()));
    }
    variables.put("RUNNER_CAPABILITIES", String.join(" ", start.job().runnerCapabilities()));
    return variables;
  }

  /** A service's address as a text proto; never with authentication, which harnesses refuse. */
  private static String descriptor(String endpoint) {
    return Endpoints.ApiServiceDescriptor.newBuilder().setUrl(endpoint).build().toString();
  }

  /** The job's options as JSON. */
  static String options(WorkerStart start) throws LaunchException {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(start.job().options());
    } catch (InvalidProtocolBufferException e) {
      throw new LaunchException("the pipeline options cannot be written as JSON: " + e, e);
    }
  }
}
