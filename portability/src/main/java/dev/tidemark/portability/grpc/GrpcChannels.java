package dev.tidemark.portability.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Channels to servers elsewhere: worker pools, expansion services, our own server. Call methods
 * with {@link GrpcMethods} and {@link io.grpc.stub.ClientCalls}. Who opens a channel shuts it down.
 *
 * <p>Thread-safe.
 */
public final class GrpcChannels {
  private GrpcChannels() {}

  /**
   * A channel without encryption.
   *
   * @param endpoint {@code host:port}
   */
  public static ManagedChannel plaintext(String endpoint) {
    return to(endpoint).usePlaintext().build();
  }

  /**
   * A channel with TLS.
   *
   * @param endpoint {@code host:port}
   * @param own what this side shows and trusts; null to show nothing and trust what the JVM trusts
   * @throws IOException if a certificate cannot be read
   */
  public static ManagedChannel tls(String endpoint, @Nullable TlsFiles own) throws IOException {
    SslContextBuilder ssl = GrpcSslContexts.forClient();
    if (own != null) {
      ssl.keyManager(own.certificates().toFile(), own.key().toFile());
      if (own.trusted() != null) {
        ssl.trustManager(own.trusted().toFile());
      }
    }
    return to(endpoint).sslContext(ssl.build()).build();
  }

  private static NettyChannelBuilder to(String endpoint) {
    // Not a target, which might name a resolver: an endpoint that comes from a client is a host.
    int colon = endpoint.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("'" + endpoint + "' is not host:port");
    }
    String host = endpoint.substring(0, colon).replace("[", "").replace("]", "");
    return NettyChannelBuilder.forAddress(host, Integer.parseInt(endpoint.substring(colon + 1)))
        .maxInboundMessageSize(ServerSettings.UNLIMITED);
  }
}
