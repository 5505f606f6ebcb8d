package dev.tidemark.runner.job.launch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * A jar or directory of a class path, looked at without loading a class of it.
 *
 * <p>Immutable.
 *
 * @param path the jar or directory; may be missing
 */
record ClassPathEntry(Path path) {
  private static final String BEAM_PROPERTIES = "org/apache/beam/sdk/sdk.properties";

  /** Splits a class path as {@code java} does, {@code directory/*} included. */
  static List<ClassPathEntry> parse(String classPath) {
    List<ClassPathEntry> entries = new ArrayList<>();
    for (String part : classPath.split(System.getProperty("path.separator"), -1)) {
      if (part.isEmpty()) {
        continue;
      }
      if (!part.equals("*") && !part.endsWith("/*")) {
        entries.add(new ClassPathEntry(Path.of(part)));
        continue;
      }
      Path directory = Path.of(part.equals("*") ? "." : part.substring(0, part.length() - 2));
      try (DirectoryStream<Path> jars = Files.newDirectoryStream(directory, "*.{jar,JAR}")) {
        jars.forEach(jar -> entries.add(new ClassPathEntry(jar)));
      } catch (IOException e) {
        // A directory that is not there holds no class, for java as well.
      }
    }
    return entries;
  }

  /**
   * The entry itself and those that manifests name as its class path, as {@code java} finds them.
   */
  List<ClassPathEntry> withManifestEntries() {
    List<ClassPathEntry> all = new ArrayList<>(List.of(this));
    for (int i = 0; i < all.size(); i++) {
      for (ClassPathEntry named : all.get(i).manifestEntries()) {
        if (!all.contains(named)) {
          all.add(named);
        }
      }
    }
    return all;
  }

  private List<ClassPathEntry> manifestEntries() {
    List<ClassPathEntry> entries = new ArrayList<>();
    String classPath = attribute(Attributes.Name.CLASS_PATH).orElse("");
    for (String part : classPath.trim().split("\\s+", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      try {
        URI uri = path.toAbsolutePath().toUri().resolve(part);
        if ("file".equals(uri.getScheme())) {
          entries.add(new ClassPathEntry(Path.of(uri)));
        }
      } catch (IllegalArgumentException e) {
        // Not a URL: java ignores it as well.
      }
    }
    return entries;
  }

  /** A main attribute of the manifest. */
  Optional<String> attribute(Attributes.Name name) {
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try (JarFile jar = new JarFile(path.toFile())) {
      Manifest manifest = jar.getManifest();
      return Optional.ofNullable(
          manifest == null ? null : manifest.getMainAttributes().getValue(name));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The version of Beam's SDK that this entry holds. */
  Optional<BeamVersion> beam() {
    return read(BEAM_PROPERTIES)
        .map(properties -> properties.getProperty("version"))
        .map(BeamVersion::new);
  }

  /** Whether a class or resource is in here. */
  boolean holds(String name) {
    if (Files.isDirectory(path)) {
      return Files.exists(path.resolve(name));
    }
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (JarFile jar = new JarFile(path.toFile())) {
      return jar.getEntry(name) != null;
    } catch (IOException e) {
      return false;
    }
  }

  private Optional<Properties> read(String name) {
    if (!holds(name)) {
      return Optional.empty();
    }
    try {
      if (Files.isDirectory(path)) {
        try (InputStream stream = Files.newInputStream(path.resolve(name))) {
          return Optional.of(properties(stream));
        }
      }
      try (JarFile jar = new JarFile(path.toFile())) {
        ZipEntry entry = jar.getEntry(name);
        try (InputStream stream = jar.getInputStream(entry)) {
          return Optional.of(properties(stream));
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Properties properties(@Nullable InputStream stream) throws IOException {
    Properties properties = new Properties();
    if (stream != null) {
      properties.load(stream);
    }
    return properties;
  }
}
