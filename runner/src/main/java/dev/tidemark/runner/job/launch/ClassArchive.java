package dev.tidemark.runner.job.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The classes of a program as its JVM has them in memory, kept for its next start (Java's AppCDS):
 * a small job then takes half the time.
 *
 * <p>There is an archive for each JVM and list of jars. The first JVM writes it when it ends; the
 * file's first bytes are written last, and each writer has a file of its own until then, so that
 * several may start at once. Nothing here fails: what cannot be kept is done without, and a JVM
 * leaves alone an archive that does not fit it.
 *
 * <p>Immutable.
 *
 * @param folder where the archives are, the user's own; made if it is not there
 */
record ClassArchive(Path folder) {
  /** Some 40 MB each. */
  static final int MOST_ARCHIVES = 5;

  private static final String SUFFIX = ".jsa";
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  /** With these the JVM has an archive of its user's, or can have none, and might say so. */
  private static final List<String> NOT_WITH =
      List.of(
          "-Xshare",
          "-XX:SharedArchiveFile",
          "-XX:SharedClassListFile",
          "-XX:ArchiveClassesAtExit",
          "-XX:+AutoCreateSharedArchive",
          "-javaagent",
          "-agent",
          "-Xrun",
          "-Xdebug",
          "-Xbootclasspath",
          "--patch-module",
          "--upgrade-module-path",
          "--limit-modules",
          "@");

  /** The folder of the user who started this process; null if the environment does not say. */
  static @Nullable ClassArchive ofUser(Map<String, String> environment) {
    String caches = environment.get("XDG_CACHE_HOME");
    if (caches != null && !caches.isEmpty()) {
      return new ClassArchive(Path.of(caches, "tidemark", "run"));
    }
    String home = environment.get("HOME");
    if (home == null || home.isEmpty()) {
      return null;
    }
    boolean mac = System.getProperty("os.name").startsWith("Mac");
    return new ClassArchive(Path.of(home, mac ? "Library/Caches" : ".cache", "tidemark", "run"));
  }

  /**
   * Options for the JVM, so that it uses the archive or, if there is none yet, writes it.
   *
   * @param java the program that is started, of the same Java as this process
   * @param jvmOptions the user's
   * @param classPath what the program's class path comes to
   */
  List<String> options(Path java, List<String> jvmOptions, List<Path> classPath) {
    if (jvmOptions.stream().anyMatch(option -> NOT_WITH.stream().anyMatch(option::startsWith))) {
      return List.of();
    }
    try {
      // Only of classes in jars, and a directory would have the JVM stop.
      if (classPath.stream().anyMatch(Files::isDirectory) || !isSafe()) {
        return List.of();
      }
      Path archive = folder.resolve(nameOf(java, classPath) + SUFFIX);
      if (isComplete(archive)) {
        Files.setLastModifiedTime(archive, FileTime.fromMillis(System.currentTimeMillis()));
        return List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off");
      }
      makeRoom();
      return List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds*=off");
    } catch (IOException | UnsupportedOperationException | SecurityException e) {
      // A full disk, a folder that cannot be written, a file system without owners.
      return List.of();
    }
  }

  /**
   * Makes the folder; false if others could write into it, as classes are run from there. Writable
   * for its owner alone, and for this user: so it is this user's (or the user may do anything).
   */
  private boolean isSafe() throws IOException {
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
    return Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).equals(PRIVATE)
        && Files.isWritable(folder);
  }

  private static String nameOf(Path java, List<Path> classPath) throws IOException {
    StringBuilder facts = new StringBuilder(System.getProperty("java.vm.version")).append(java);
    for (Path entry : classPath) {
      facts.append('\n').append(entry.toAbsolutePath());
      if (Files.exists(entry)) {
        BasicFileAttributes file = Files.readAttributes(entry, BasicFileAttributes.class);
        facts.append(' ').append(file.lastModifiedTime()).append(' ').append(file.size());
      }
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(facts.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has it", e);
    }
  }

  private static boolean isComplete(Path archive) throws IOException {
    if (!Files.exists(archive)) {
      return false;
    }
    try (InputStream stream = Files.newInputStream(archive)) {
      for (byte each : stream.readNBytes(4)) {
        if (each != 0) {
          return true;
        }
      }
      return false;
    }
  }

  /** Removes what was not used for longest, so that there is room for one more. */
  private void makeRoom() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> oldest =
          files
              .filter(file -> file.toString().endsWith(SUFFIX))
              .sorted(Comparator.comparing(ClassArchive::lastUse).reversed())
              .skip(MOST_ARCHIVES - 1)
              .toList();
      for (Path archive : oldest) {
        Files.deleteIfExists(archive);
      }
    }
  }

  private static long lastUse(Path archive) {
    try {
      return Files.getLastModifiedTime(archive).toMillis();
    } catch (IOException e) {
      return 0; // Another process has removed it.
    }
  }
}
