package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.WorkerCertificates;
import dev.tidemark.portability.environment.WorkerStart;
import dev.tidemark.portability.environment.process.PrivateFolder;
import dev.tidemark.portability.javaworker.TlsChannelProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What a worker is given to speak TLS with the server: files in its folder, and their place. */
final class WorkerTls {
  static final String FOLDER = TlsChannelProvider.FOLDER;
  static final String SERVER = TlsChannelProvider.SERVER_CERTIFICATE;
  static final String OWN = TlsChannelProvider.CERTIFICATE;
  static final String KEY = TlsChannelProvider.KEY;

  private WorkerTls() {}

  /**
   * Puts the files there.
   *
   * @param folder the worker's own
   * @return the variables that say so; empty for a worker that speaks plaintext
   */
  static Map<String, String> put(WorkerStart start, Path folder) throws IOException {
    WorkerCertificates certificates = start.endpoints().tls();
    if (certificates == null) {
      return Map.of();
    }
    Path tls = PrivateFolder.ensure(folder.resolve("tls"));
    Files.writeString(tls.resolve(SERVER), certificates.server());
    Files.writeString(tls.resolve(OWN), certificates.own());
    Files.writeString(tls.resolve(KEY), certificates.key());
    return Map.of(FOLDER, tls.toString(), TlsChannelProvider.ENDPOINT, start.endpoints().control());
  }
}
