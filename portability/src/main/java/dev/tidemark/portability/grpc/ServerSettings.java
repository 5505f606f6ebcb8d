package dev.tidemark.portability.grpc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link GrpcServer} listens.
 *
 * <p>Immutable.
 *
 * @param host the name or address to bind to
 * @param port 0 picks one
 * @param maxMessageBytes the largest message that is taken in
 * @param tls null for plaintext
 * @param token what every call must bear, as {@code authorization: Bearer …}; null for none
 * @param patience how long calls may go on when the server closes
 */
public record ServerSettings(
    String host,
    int port,
    int maxMessageBytes,
    @Nullable TlsFiles tls,
    @Nullable String token,
    Duration patience) {

  /** For messages of any size that protobuf can hold. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** Plaintext on a port of 127.0.0.1 that is picked; messages of any size; closes in 5 s. */
  public static ServerSettings loopback() {
    return new ServerSettings("127.0.0.1", 0, UNLIMITED, null, null, Duration.ofSeconds(5));
  }

  /** The same, elsewhere. */
  public ServerSettings at(String otherHost, int otherPort) {
    return new ServerSettings(otherHost, otherPort, maxMessageBytes, tls, token, patience);
  }

  /** The same with another cap on messages, in bytes. */
  public ServerSettings withMaxMessageBytes(int bytes) {
    return new ServerSettings(host, port, bytes, tls, token, patience);
  }

  /** The same with TLS; with mutual TLS if the files name what to trust. */
  public ServerSettings withTls(@Nullable TlsFiles files) {
    return new ServerSettings(host, port, maxMessageBytes, files, token, patience);
  }

  /** The same for calls that bear a token. */
  public ServerSettings withToken(@Nullable String bearerToken) {
    return new ServerSettings(host, port, maxMessageBytes, tls, bearerToken, patience);
  }

  /** The same, closing faster or slower. */
  public ServerSettings withPatience(Duration time) {
    return new ServerSettings(host, port, maxMessageBytes, tls, token, time);
  }
}
