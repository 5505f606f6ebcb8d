package dev.tidemark.portability.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;

/**
 * A vendored marshaller for {@code io.grpc}. Both sides have the same interfaces for streams that
 * know their length and write themselves, under different names; without them every message would
 * be copied once more.
 *
 * <p>Thread-safe.
 */
record DelegatingMarshaller<T>(MethodDescriptor.Marshaller<T> vendored) implements Marshaller<T> {

  @Override
  public InputStream stream(T value) {
    return new Outgoing(vendored.stream(value));
  }

  @Override
  public T parse(InputStream stream) {
    try {
      return vendored.parse(stream instanceof KnownLength ? new Incoming(stream) : stream);
    } catch (org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException nonsense) {
      throw Status.INVALID_ARGUMENT
          .withDescription("Not a message of this method")
          .withCause(nonsense)
          .asRuntimeException();
    }
  }

  /** What io.grpc received, as a stream whose length the vendored parser may rely on. */
  private static final class Incoming extends FilterInputStream
      implements org.apache.beam.vendor.grpc.v1p69p0.io.grpc.KnownLength {
    Incoming(InputStream in) {
      super(in);
    }
  }

  /** A vendored message as a stream that io.grpc may let write itself. */
  private static final class Outgoing extends FilterInputStream implements Drainable, KnownLength {
    Outgoing(InputStream in) {
      super(in);
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      return in instanceof org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Drainable drainable
          ? drainable.drainTo(target)
          : Math.toIntExact(in.transferTo(target));
    }
  }
}
