package dev.tidemark.portability.fn;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.RemoteGrpcPort;
import org.apache.beam.model.pipeline.v1.Endpoints.ApiServiceDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * The descriptors that workers may fetch, of the whole server, as long as a worker that they were
 * registered with lives. The id alone opens one: TypeScript sends no worker id with that call.
 *
 * <p>Thread-safe.
 */
final class Descriptors {
  private static final Set<String> PORTS = Set.of("beam:runner:source:v1", "beam:runner:sink:v1");

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  private record Entry(ProcessBundleDescriptor descriptor, Set<String> workers) {}

  /** Adds a descriptor for a worker, with the endpoint as that worker reaches it. */
  void register(ProcessBundleDescriptor descriptor, String workerId, String endpoint) {
    entries.compute(
        descriptor.getId(),
        (id, known) -> {
          Entry entry =
              known == null ? new Entry(at(endpoint, descriptor), new HashSet<>()) : known;
          entry.workers().add(workerId);
          return entry;
        });
  }

  /** The descriptor with an id, empty if there is none. */
  Optional<ProcessBundleDescriptor> get(String id) {
    return Optional.ofNullable(entries.get(id)).map(Entry::descriptor);
  }

  /** Frees what only this worker needed. */
  void release(String workerId) {
    for (String id : entries.keySet()) {
      entries.computeIfPresent(
          id,
          (same, entry) -> {
            entry.workers().remove(workerId);
            return entry.workers().isEmpty() ? null : entry;
          });
    }
  }

  private static ProcessBundleDescriptor at(String endpoint, ProcessBundleDescriptor descriptor) {
    ApiServiceDescriptor service = ApiServiceDescriptor.newBuilder().setUrl(endpoint).build();
    ProcessBundleDescriptor.Builder result =
        descriptor.toBuilder()
            .setStateApiServiceDescriptor(service)
            .setTimerApiServiceDescriptor(service);
    descriptor
        .getTransformsMap()
        .forEach(
            (id, transform) -> {
              if (PORTS.contains(transform.getSpec().getUrn())) {
                result.putTransforms(id, at(service, transform));
              }
            });
    return result.build();
  }

  private static PTransform at(ApiServiceDescriptor service, PTransform transform) {
    FunctionSpec spec = transform.getSpec();
    try {
      RemoteGrpcPort port =
          RemoteGrpcPort.parseFrom(spec.getPayload()).toBuilder()
              .setApiServiceDescriptor(service)
              .build();
      return transform.toBuilder()
          .setSpec(spec.toBuilder().setPayload(port.toByteString()))
          .build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          transform.getUniqueName() + ": its payload is not that of a port", e);
    }
  }
}
