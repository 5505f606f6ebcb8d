package dev.tidemark.portability.grpc;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Descriptors;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.protobuf.ProtoFileDescriptorSupplier;
import org.jspecify.annotations.Nullable;

/** Plain descriptors for the reflection service, made of the bytes of the vendored ones. */
final class SchemaDescriptors {
  private final Map<String, FileDescriptor> files = new HashMap<>();

  private SchemaDescriptors() {}

  /** What reflection needs to describe a service; empty if the service has no description. */
  static Optional<ProtoServiceDescriptorSupplier> of(
      org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServiceDescriptor service) {
    if (!(service.getSchemaDescriptor() instanceof ProtoFileDescriptorSupplier supplier)) {
      return Optional.empty();
    }
    return Optional.of(new Schema(supplier, service.getName()));
  }

  private FileDescriptor file(Descriptors.FileDescriptor vendored) {
    FileDescriptor known = files.get(vendored.getFullName());
    if (known != null) {
      return known;
    }
    try {
      FileDescriptor made =
          FileDescriptor.buildFrom(
              FileDescriptorProto.parseFrom(vendored.toProto().toByteArray()),
              all(vendored.getDependencies()));
      files.put(vendored.getFullName(), made);
      return made;
    } catch (InvalidProtocolBufferException | DescriptorValidationException e) {
      throw new IllegalStateException("Beam's descriptor " + vendored.getFullName(), e);
    }
  }

  private FileDescriptor[] all(List<Descriptors.FileDescriptor> vendored) {
    return vendored.stream().map(this::file).toArray(FileDescriptor[]::new);
  }

  /** Made when reflection is first asked for it: to start with, nobody has to wait for that. */
  private static final class Schema implements ProtoServiceDescriptorSupplier {
    private final ProtoFileDescriptorSupplier vendored;
    private final String name;
    private @Nullable FileDescriptor file;

    Schema(ProtoFileDescriptorSupplier vendored, String name) {
      this.vendored = vendored;
      this.name = name;
    }

    @Override
    public synchronized FileDescriptor getFileDescriptor() {
      FileDescriptor made = file;
      if (made == null) {
        made = new SchemaDescriptors().file(vendored.getFileDescriptor());
        file = made;
      }
      return made;
    }

    @Override
    public ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().getServices().stream()
          .filter(candidate -> candidate.getFullName().equals(name))
          .findAny()
          .orElseThrow();
    }
  }
}
