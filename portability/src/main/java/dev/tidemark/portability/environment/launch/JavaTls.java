package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.Experiments;
import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.javaworker.TlsChannelProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannelProvider;

/**
 * The jar by which a Java harness learns to speak TLS: {@link TlsChannelProvider}, as a service of
 * the gRPC that Beam brings along.
 */
final class JavaTls {
  private static final String SERVICE = ManagedChannelProvider.class.getName();

  /** With this the harness does not ask gRPC for a provider. */
  private static final String EPOLL = "beam_fn_api_epoll";

  private JavaTls() {}

  /** Whether a harness on these files uses the gRPC that we know, in the way that we know. */
  static boolean isPossible(Struct options, List<StagedFile> artifacts) {
    return !Experiments.contains(options, EPOLL)
        && artifacts.stream().map(StagedFile::content).anyMatch(JavaTls::holdsGrpc);
  }

  private static boolean holdsGrpc(Path file) {
    return JavaClassPath.holds(file, SERVICE.replace('.', '/') + ".class");
  }

  /** Writes the jar; returns {@code file}. */
  static Path write(Path file) throws IOException {
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
      jar.putNextEntry(new ZipEntry("META-INF/services/" + SERVICE));
      jar.write(TlsChannelProvider.class.getName().getBytes(StandardCharsets.UTF_8));
      for (Class<?> each : TlsChannelProvider.all()) {
        String name = each.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new ZipEntry(name));
        try (InputStream content = each.getClassLoader().getResourceAsStream(name)) {
          if (content == null) {
            throw new IOException("There is no " + name);
          }
          content.transferTo(jar);
        }
      }
    }
    return file;
  }
}
