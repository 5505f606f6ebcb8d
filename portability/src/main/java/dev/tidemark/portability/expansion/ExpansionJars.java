package dev.tidemark.portability.expansion;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a server has for expansions without being told: its own program, and Beam's expansion
 * service with all that needs, core's transforms among them.
 *
 * <p>Immutable.
 *
 * @param program the program of the process
 * @param beam Beam's jars
 */
public record ExpansionJars(Path program, List<Path> beam) {
  private static final String SERVICE =
      "org/apache/beam/sdk/expansion/service/ExpansionService.class";

  /** Copies the list. */
  public ExpansionJars {
    beam = List.copyOf(beam);
  }

  /** Splits a class path whose first part is the program. */
  public static ExpansionJars of(String classPath) {
    List<Path> parts = Stream.of(classPath.split(File.pathSeparator, -1)).map(Path::of).toList();
    return new ExpansionJars(parts.get(0), parts.subList(1, parts.size()));
  }

  /**
   * The class path where an operator names jars: those first, then Beam's, unless the operator's
   * hold an expansion service of their own, and except those of which there is another version.
   *
   * @param named jars, folders of jars, {@code folder/*}
   * @throws IOException if there is no such jar; the message says which
   */
  public List<Path> with(List<String> named) throws IOException {
    List<Path> classPath = new ArrayList<>();
    for (String entry : named) {
      classPath.addAll(jars(entry));
    }
    for (Path jar : classPath) {
      if (holdsService(jar)) {
        return classPath;
      }
    }
    Set<String> there = classPath.stream().map(ExpansionJars::artifact).collect(Collectors.toSet());
    beam.stream().filter(jar -> !there.contains(artifact(jar))).forEach(classPath::add);
    return classPath;
  }

  private static List<Path> jars(String entry) throws IOException {
    Path path = Path.of(entry.endsWith("/*") ? entry.substring(0, entry.length() - 2) : entry);
    if (!Files.isDirectory(path)) {
      if (!Files.isReadable(path)) {
        throw new IOException("there is no jar or folder " + path);
      }
      return List.of(path.toAbsolutePath());
    }
    try (Stream<Path> files = Files.list(path)) {
      List<Path> jars =
          files
              .filter(file -> file.toString().endsWith(".jar"))
              .map(Path::toAbsolutePath)
              .sorted()
              .toList();
      if (jars.isEmpty()) {
        throw new IOException("there are no jars in " + path);
      }
      return jars;
    }
  }

  private static boolean holdsService(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.getEntry(SERVICE) != null;
    } catch (IOException e) {
      throw new IOException(jar + " is not a jar: " + e.getMessage(), e);
    }
  }

  /** The name without the version. */
  private static String artifact(Path jar) {
    return String.valueOf(jar.getFileName()).replaceFirst("-[0-9][^/]*\\.jar$", "");
  }
}
