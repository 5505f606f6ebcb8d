package dev.tidemark.runner.kill;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.rocksdb.util.Environment;

/**
 * The JVM of a job that is started again and again: class path and options, which let it start in a
 * part of the time. Its classes come from an archive of classes that are loaded already, and
 * RocksDB from a file that is unpacked.
 *
 * <p>Immutable.
 *
 * @param command what comes before the arguments of the program
 */
record JobJvm(List<String> command) {

  /**
   * Makes one that starts as fast as any.
   *
   * @param folder for what it needs; stays there
   */
  static JobJvm in(Path folder) throws IOException {
    Path libraries = Files.createDirectory(folder.resolve("libraries"));
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    // Killed processes leave their temporary files.
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-Djava.library.path=" + libraries);
    unpackRocks(libraries);
    command.addAll(List.of("-cp", classPath(libraries)));
    return new JobJvm(command);
  }

  /** The same with more options. */
  JobJvm with(String... options) {
    List<String> more = new ArrayList<>(command);
    more.addAll(1, List.of(options));
    return new JobJvm(more);
  }

  /** Where RocksDB does not find it, it unpacks it itself. */
  private static void unpackRocks(Path libraries) throws IOException {
    try (InputStream library =
        JobJvm.class.getResourceAsStream("/" + Environment.getJniLibraryFileName("rocksdb"))) {
      if (library != null) {
        Files.copy(library, libraries.resolve(Environment.getSharedLibraryFileName("rocksdb")));
      }
    }
  }

  /** That of this process, with a jar for each folder, as archives of classes need it. */
  private static String classPath(Path folder) throws IOException {
    List<String> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (Files.isDirectory(Path.of(entry))) {
        path.add(jar(Path.of(entry), folder.resolve("classes-" + path.size() + ".jar")).toString());
      } else {
        path.add(entry);
      }
    }
    return String.join(File.pathSeparator, path);
  }

  private static Path jar(Path classes, Path jar) throws IOException {
    try (Stream<Path> files = Files.walk(classes);
        OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(1);
      files.filter(Files::isRegularFile).forEach(file -> add(classes, file, zip));
    }
    return jar;
  }

  private static void add(Path classes, Path file, ZipOutputStream zip) {
    try {
      zip.putNextEntry(
          new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
      Files.copy(file, zip);
      zip.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
