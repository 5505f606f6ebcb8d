package dev.tidemark.portability.javaworker;

import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ForwardingChannelBuilder2;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannelBuilder;

/**
 * Builds a channel that stays with TLS, though the harness asks for plaintext.
 *
 * <p>Owned by the thread that builds.
 */
final class TlsChannelBuilder extends ForwardingChannelBuilder2<TlsChannelBuilder> {
  private final ManagedChannelBuilder<?> secure;

  /** Hands everything else on to a builder that has credentials. */
  TlsChannelBuilder(ManagedChannelBuilder<?> secure) {
    this.secure = secure;
  }

  @Override
  protected ManagedChannelBuilder<?> delegate() {
    return secure;
  }

  @Override
  public TlsChannelBuilder usePlaintext() {
    return this;
  }
}
