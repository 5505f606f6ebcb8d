package dev.tidemark.portability.server;

import dev.tidemark.portability.environment.WorkerAddresses;
import dev.tidemark.portability.environment.WorkerCertificates;
import dev.tidemark.portability.environment.WorkerEndpoints;
import dev.tidemark.portability.environment.process.PrivateFolder;
import dev.tidemark.portability.grpc.GrpcServer;
import dev.tidemark.portability.grpc.SelfSigned;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.grpc.TlsFiles;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where workers connect: in plaintext, and, if the server has TLS, those that can by mutual TLS on
 * a port of its own. The certificates of both sides are made at each start and trust nobody else.
 *
 * <p>Thread-safe.
 */
final class WorkerListeners implements AutoCloseable {

  /**
   * How to listen.
   *
   * @param plaintext on this machine only
   * @param tlsFolder where files with certificates may lie for a moment; null for no TLS
   */
  record Settings(ServerSettings plaintext, @Nullable Path tlsFolder) {}

  private final WorkerAddresses addresses;
  private final List<GrpcServer> servers;

  private WorkerListeners(WorkerAddresses addresses, List<GrpcServer> servers) {
    this.addresses = addresses;
    this.servers = servers;
  }

  /**
   * Starts to listen.
   *
   * @throws IOException if a port is taken, or the folder cannot be written to
   */
  static WorkerListeners start(Settings settings, List<ServerServiceDefinition> services)
      throws IOException {
    GrpcServer plaintext = GrpcServer.start(settings.plaintext(), services);
    WorkerAddresses open = WorkerAddresses.plaintext(plaintext.endpoint());
    if (settings.tlsFolder() == null) {
      return new WorkerListeners(open, List.of(plaintext));
    }
    String host = settings.plaintext().host();
    SelfSigned server = SelfSigned.create("Tidemark's server", host);
    SelfSigned worker = SelfSigned.create("Tidemark's workers", host);
    try {
      GrpcServer secure =
          secure(settings.plaintext().at(host, 0), settings.tlsFolder(), server, worker, services);
      WorkerCertificates given =
          new WorkerCertificates(server.certificate(), worker.certificate(), worker.key());
      return new WorkerListeners(
          new WorkerAddresses(open.plaintext(), WorkerEndpoints.all(secure.endpoint(), given)),
          List.of(plaintext, secure));
    } catch (IOException | RuntimeException e) {
      plaintext.close();
      throw e;
    }
  }

  /** The files are read at the start, and no longer there after it. */
  private static GrpcServer secure(
      ServerSettings settings,
      Path parent,
      SelfSigned server,
      SelfSigned worker,
      List<ServerServiceDefinition> services)
      throws IOException {
    Path folder = PrivateFolder.create(parent, "tls-");
    try {
      TlsFiles files =
          new TlsFiles(
              Files.writeString(folder.resolve("server.pem"), server.certificate()),
              Files.writeString(folder.resolve("server.key"), server.key()),
              Files.writeString(folder.resolve("workers.pem"), worker.certificate()));
      return GrpcServer.start(settings.withTls(files), services);
    } finally {
      PrivateFolder.remove(folder);
    }
  }

  /** Where workers find the services. */
  WorkerAddresses addresses() {
    return addresses;
  }

  @Override
  public void close() {
    servers.forEach(GrpcServer::close);
  }
}
