package dev.tidemark.portability.grpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Self-signed certificates for 127.0.0.1, as files. */
final class TestCertificates {
  private TestCertificates() {}

  static TlsFiles make(Path folder) throws IOException {
    Files.createDirectories(folder);
    SelfSigned made = SelfSigned.create("test", "127.0.0.1");
    return new TlsFiles(
        Files.writeString(folder.resolve("certificate.pem"), made.certificate()),
        Files.writeString(folder.resolve("key.pem"), made.key()),
        null);
  }
}
