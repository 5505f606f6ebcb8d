package dev.tidemark.portability.expansion;

import dev.tidemark.portability.job.artifact.StagedArtifact;
import dev.tidemark.portability.job.artifact.StagedArtifacts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * The files of a class path as artifacts, with ids that nobody can guess; nothing else can be had.
 * They are read at the first use, and each content is there once. The ids stay the same, so that
 * what was expanded twice has one environment.
 *
 * <p>Thread-safe.
 */
final class ClassPathArtifacts {
  private static final String STAGING_TO = "beam:artifact:role:staging_to:v1";
  private static final int CHUNK_BYTES = 1 << 16;

  private final List<Path> classPath;
  private final Supplier<String> ids;
  private @Nullable StagedArtifacts artifacts;

  /**
   * Artifacts of jars.
   *
   * @param ids gives out ids that nobody can guess
   */
  ClassPathArtifacts(List<Path> classPath, Supplier<String> ids) {
    this.classPath = classPath;
    this.ids = ids;
  }

  /** All of them; none if they were not handed out yet. */
  synchronized StagedArtifacts known() {
    return artifacts == null ? StagedArtifacts.NONE : artifacts;
  }

  /** What stands for them in an environment, in the order of the class path. */
  synchronized List<RunnerApi.ArtifactInformation> references() throws IOException {
    if (artifacts == null) {
      artifacts = StagedArtifacts.of(read());
    }
    return artifacts.all().stream().map(StagedArtifact::reference).toList();
  }

  private List<StagedArtifact> read() throws IOException {
    Map<String, StagedArtifact> bySha256 = new LinkedHashMap<>();
    Set<String> names = new HashSet<>();
    for (Path file : classPath) {
      String sha256 = sha256(file);
      if (!bySha256.containsKey(sha256)) {
        String own = String.valueOf(file.getFileName());
        String name = names.add(own) ? own : names.size() + "-" + own;
        names.add(name);
        bySha256.put(sha256, artifact(name, sha256, file));
      }
    }
    return List.copyOf(bySha256.values());
  }

  private StagedArtifact artifact(String name, String sha256, Path file) throws IOException {
    return new StagedArtifact(
        ids.get(),
        name,
        STAGING_TO,
        RunnerApi.ArtifactStagingToRolePayload.newBuilder()
            .setStagedName(name)
            .build()
            .toByteString(),
        sha256,
        Files.size(file),
        file);
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
    byte[] chunk = new byte[CHUNK_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
