package dev.tidemark.portability.javaworker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ChannelCredentials;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannelBuilder;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannelProvider;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.TlsChannelCredentials;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyChannelBuilder;

/**
 * Has a Java harness speak TLS with the server. The harness itself knows plaintext only, but leaves
 * to gRPC which provider makes its channels.
 *
 * <p>Thread-safe.
 */
public final class TlsChannelProvider extends ManagedChannelProvider {
  /** The variable with the server's address, {@code host:port}; any other is left to gRPC. */
  public static final String ENDPOINT = "TIDEMARK_TLS_ENDPOINT";

  /** The variable with the folder that holds the files named here, all PEM. */
  public static final String FOLDER = "TIDEMARK_TLS";

  /** The server's certificate, the only one that is trusted. */
  public static final String SERVER_CERTIFICATE = "server.pem";

  /** The worker's own certificate. */
  public static final String CERTIFICATE = "worker.pem";

  /** The private key of that, PKCS 8. */
  public static final String KEY = "worker.key";

  /** More than that of gRPC's own; ten is the most. */
  private static final int PRIORITY = 10;

  private final Map<String, String> variables;

  /** For gRPC, which finds it as a service. */
  public TlsChannelProvider() {
    this.variables = System.getenv();
  }

  /** The classes that the worker needs, this one among them. */
  public static List<Class<?>> all() {
    return List.of(TlsChannelProvider.class, TlsChannelBuilder.class);
  }

  @Override
  protected boolean isAvailable() {
    return variables.containsKey(FOLDER);
  }

  @Override
  protected int priority() {
    return PRIORITY;
  }

  @Override
  protected ManagedChannelBuilder<?> builderForAddress(String name, int port) {
    return NettyChannelBuilder.forAddress(name, port);
  }

  @Override
  protected ManagedChannelBuilder<?> builderForTarget(String target) {
    return target.equals(variables.get(ENDPOINT))
        ? new TlsChannelBuilder(NettyChannelBuilder.forTarget(target, credentials()))
        : NettyChannelBuilder.forTarget(target);
  }

  @Override
  protected Collection<Class<? extends SocketAddress>> getSupportedSocketAddressTypes() {
    return Set.of(InetSocketAddress.class);
  }

  private ChannelCredentials credentials() {
    Path folder = Path.of(String.valueOf(variables.get(FOLDER)));
    try {
      return TlsChannelCredentials.newBuilder()
          .keyManager(folder.resolve(CERTIFICATE).toFile(), folder.resolve(KEY).toFile())
          .trustManager(folder.resolve(SERVER_CERTIFICATE).toFile())
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException("The worker's certificates cannot be read", e);
    }
  }
}
