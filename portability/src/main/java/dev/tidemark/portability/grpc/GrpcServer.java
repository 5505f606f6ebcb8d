package dev.tidemark.portability.grpc;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A listening server with the health and reflection services besides its own. {@link
 * WorkerIdMetadata} is in force for all of them.
 *
 * <p>Thread-safe.
 */
public final class GrpcServer implements AutoCloseable {
  private final ServerSettings settings;
  private final Server server;
  private final HealthStatusManager health;
  private final ExecutorService threads;

  private GrpcServer(
      ServerSettings settings, Server server, HealthStatusManager health, ExecutorService threads) {
    this.settings = settings;
    this.server = server;
    this.health = health;
    this.threads = threads;
  }

  /**
   * Starts to listen.
   *
   * @throws IOException if the port is taken, or a certificate cannot be read
   */
  public static GrpcServer start(
      ServerSettings settings, Collection<ServerServiceDefinition> services) throws IOException {
    HealthStatusManager health = new HealthStatusManager();
    ExecutorService threads = threads();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), settings.port()))
            .executor(threads)
            .maxInboundMessageSize(settings.maxMessageBytes())
            // Python pings every 20 s, and also while it has no call.
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(new WorkerIdMetadata());
    try {
      if (settings.tls() != null) {
        builder.sslContext(ssl(settings.tls()));
      }
      if (settings.token() != null) {
        builder.intercept(new BearerToken(settings.token()));
      }
      services.forEach(builder::addService);
      builder.addService(health.getHealthService());
      builder.addService(ProtoReflectionServiceV1.newInstance());
      Server server = builder.build().start();
      health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
      return new GrpcServer(settings, server, health, threads);
    } catch (IOException | RuntimeException e) {
      threads.shutdown();
      throw e;
    }
  }

  /** The port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** How clients on this machine reach it, {@code host:port}. */
  public String endpoint() {
    return endpoint(settings.host());
  }

  /** How clients reach it under the name that is advertised for this machine. */
  public String endpoint(String advertisedHost) {
    return (advertisedHost.contains(":") ? "[" + advertisedHost + "]" : advertisedHost)
        + ":"
        + port();
  }

  /** Refuses new calls, lets those under way end for a while, then ends them. */
  @Override
  public void close() {
    health.enterTerminalState();
    server.shutdown();
    try {
      if (!server.awaitTermination(settings.patience().toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(settings.patience().toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      threads.shutdown();
    }
  }

  private static ExecutorService threads() {
    AtomicInteger number = new AtomicInteger();
    return Executors.newCachedThreadPool(
        task -> {
          Thread thread = new Thread(task, "tidemark-grpc-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  private static SslContext ssl(TlsFiles files) throws IOException {
    SslContextBuilder builder =
        SslContextBuilder.forServer(files.certificates().toFile(), files.key().toFile());
    if (files.trusted() != null) {
      builder.trustManager(files.trusted().toFile()).clientAuth(ClientAuth.REQUIRE);
    }
    return GrpcSslContexts.configure(builder).build();
  }
}
