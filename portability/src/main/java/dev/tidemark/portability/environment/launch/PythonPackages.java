package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.StagedFile;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What of a Python client's files is to be installed, in the order in which Beam's containers do.
 *
 * <p>Immutable.
 */
final class PythonPackages {
  private static final String REQUIREMENTS = "requirements.txt";
  private static final String EXTRA = "extra_packages.txt";
  private static final String WORKFLOW = "workflow.tar.gz";
  private static final String SDK_SOURCE = "dataflow_python_sdk.tar";
  private static final String SESSION = "pickled_main_session";
  private static final String REQUIREMENTS_ROLE = "beam:artifact:role:pip_requirements_file:v1";

  private final List<StagedFile> files;

  PythonPackages(List<StagedFile> artifacts) {
    this.files = artifacts.stream().filter(PythonPackages::installable).toList();
  }

  /** Others, as the main session, differ with each job and are not installed. */
  private static boolean installable(StagedFile artifact) {
    String name = artifact.name();
    return !name.equals(SESSION)
        && (artifact.role().equals(REQUIREMENTS_ROLE)
            || name.equals(REQUIREMENTS)
            || name.equals(EXTRA)
            || name.endsWith(".whl")
            || name.endsWith(".tar.gz")
            || name.endsWith(".tar")
            || name.endsWith(".zip"));
  }

  /** All that is installed, or that what is installed may refer to. */
  List<StagedFile> files() {
    return files;
  }

  /** The staged SDK; empty if the client uses a released one. */
  Optional<String> sdk() {
    return files.stream()
        .map(StagedFile::name)
        .filter(
            name ->
                name.equals(SDK_SOURCE)
                    || (name.startsWith("apache_beam") && name.endsWith(".whl")))
        .findFirst();
  }

  /** The files with requirements. */
  List<String> requirements() {
    return files.stream()
        .filter(file -> file.name().equals(REQUIREMENTS) || file.role().equals(REQUIREMENTS_ROLE))
        .map(StagedFile::name)
        .toList();
  }

  /** The client's own package; empty if it has none. */
  Optional<String> workflow() {
    return files.stream().map(StagedFile::name).filter(WORKFLOW::equals).findFirst();
  }

  /**
   * The packages that the client's manifest lists, of those that were staged.
   *
   * @param manifest the content of {@code extra_packages.txt}
   */
  List<String> extra(String manifest) {
    List<String> names = new ArrayList<>(files.stream().map(StagedFile::name).toList());
    return manifest.lines().map(String::trim).filter(names::contains).toList();
  }

  /** The manifest of extra packages; empty if there is none. */
  Optional<StagedFile> manifest() {
    return files.stream().filter(file -> file.name().equals(EXTRA)).findFirst();
  }

  /** The same for all that lead to the same installation. */
  String key(String... more) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    for (String part : more) {
      digest.update((part + "\n").getBytes(StandardCharsets.UTF_8));
    }
    files.stream()
        .sorted(Comparator.comparing(StagedFile::name))
        .map(file -> file.name() + " " + file.sha256() + "\n")
        .forEach(line -> digest.update(line.getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }
}
