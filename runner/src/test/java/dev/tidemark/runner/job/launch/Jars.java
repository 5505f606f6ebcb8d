package dev.tidemark.runner.job.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** Makes jars as users have them, and the class path that {@code ./run} would have. */
final class Jars {
  private Jars() {}

  /** The class path of the runner without that of its tests. */
  static String ownClassPath() {
    return ClassPathEntry.parse(System.getProperty("java.class.path")).stream()
        .flatMap(entry -> entry.withManifestEntries().stream())
        .filter(entry -> !entry.path().endsWith("test-classes"))
        .filter(entry -> !entry.path().getFileName().toString().startsWith("slf4j-jdk14"))
        .map(entry -> entry.path().toString())
        .collect(Collectors.joining(System.getProperty("path.separator")));
  }

  /** The jar of the log's binding. */
  static String logging() {
    return ClassPathEntry.parse(System.getProperty("java.class.path")).stream()
        .flatMap(entry -> entry.withManifestEntries().stream())
        .map(entry -> entry.path().toString())
        .filter(path -> path.contains("slf4j-jdk14"))
        .findFirst()
        .orElseThrow();
  }

  /** Makes a jar of classes with their nested ones, found in the tests' class path. */
  static Path of(Path file, Map<Attributes.Name, String> manifest, List<Class<?>> classes)
      throws IOException {
    try (OutputStream stream = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(stream, manifest(manifest))) {
      for (Class<?> type : classes) {
        add(jar, type);
      }
    }
    return file;
  }

  /** Makes a jar that holds nothing but what tells a version of Beam's SDK. */
  static Path ofBeam(Path file, String version) throws IOException {
    try (OutputStream stream = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(stream, manifest(Map.of()))) {
      jar.putNextEntry(new JarEntry("org/apache/beam/sdk/sdk.properties"));
      jar.write(("version=" + version + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  private static void add(JarOutputStream jar, Class<?> type) throws IOException {
    String name = type.getName().replace('.', '/') + ".class";
    try (InputStream bytes = type.getClassLoader().getResourceAsStream(name)) {
      jar.putNextEntry(new JarEntry(name));
      bytes.transferTo(jar);
    }
    for (Class<?> nested : type.getDeclaredClasses()) {
      add(jar, nested);
    }
  }

  private static Manifest manifest(Map<Attributes.Name, String> attributes) {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.forEach(manifest.getMainAttributes()::put);
    return manifest;
  }
}
