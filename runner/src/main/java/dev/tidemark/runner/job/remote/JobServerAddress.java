package dev.tidemark.runner.job.remote;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Metadata;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.GrpcSslContexts;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyChannelBuilder;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.MetadataUtils;
import org.apache.beam.vendor.grpc.v1p69p0.io.netty.handler.ssl.SslContextBuilder;

/**
 * Where a job server is, and how it wants to be called.
 *
 * <p>Immutable.
 */
final class JobServerAddress {
  private final RemoteOptions options;

  /** As the options say. */
  JobServerAddress(RemoteOptions options) {
    this.options = options;
  }

  /** The Job API's {@code host:port}. */
  String endpoint() {
    return options.getJobEndpoint();
  }

  /** A channel to the Job API; who opens it shuts it down. */
  ManagedChannel open() {
    return open(endpoint());
  }

  /**
   * A channel to another service of the same server.
   *
   * @param endpoint {@code host:port}
   */
  ManagedChannel open(String endpoint) {
    int colon = endpoint.lastIndexOf(':');
    if (colon <= 0 || !endpoint.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("--jobEndpoint=" + endpoint + " is not host:port.");
    }
    String host = endpoint.substring(0, colon).replace("[", "").replace("]", "");
    NettyChannelBuilder channel =
        NettyChannelBuilder.forAddress(host, Integer.parseInt(endpoint.substring(colon + 1)))
            .maxInboundMessageSize(Integer.MAX_VALUE);
    try {
      if (encrypted()) {
        channel.sslContext(tls().build());
      } else {
        channel.usePlaintext();
      }
      if (options.getJobServerTokenFile() != null) {
        channel.intercept(MetadataUtils.newAttachHeadersInterceptor(token()));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "A file of the connection to the job server cannot be read: " + e.getMessage(), e);
    }
    return channel.build();
  }

  private boolean encrypted() {
    return options.getJobServerTls()
        || options.getJobServerTrust() != null
        || options.getJobServerCertificate() != null;
  }

  private SslContextBuilder tls() {
    SslContextBuilder tls = GrpcSslContexts.forClient();
    String trust = options.getJobServerTrust();
    if (trust != null) {
      tls.trustManager(new File(trust));
    }
    String certificate = options.getJobServerCertificate();
    String key = options.getJobServerKey();
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "--jobServerCertificate and --jobServerKey go together; one of them is missing.");
    }
    return certificate == null || key == null
        ? tls
        : tls.keyManager(new File(certificate), new File(key));
  }

  private Metadata token() throws IOException {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + Files.readString(Path.of(options.getJobServerTokenFile())).strip());
    return headers;
  }
}
