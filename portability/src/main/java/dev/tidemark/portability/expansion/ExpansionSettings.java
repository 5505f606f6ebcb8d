package dev.tidemark.portability.expansion;

import dev.tidemark.portability.environment.process.ChildVariables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How transforms are expanded.
 *
 * <p>Immutable.
 *
 * @param classPath what the transforms are in, and what their workers need
 * @param program the jar or folder with the classes of {@code expansion.process}
 * @param workFolder where the process has its folder; made if need be. Not too long, as there is a
 *     socket in it
 * @param variables what the process sees of the server's environment
 * @param heapBytes the largest heap of the process
 * @param maxBytes the largest request, and the largest answer
 * @param limit how long an expansion may take; the process is ended then
 * @param options more options for Beam's {@code ExpansionService}
 */
public record ExpansionSettings(
    List<Path> classPath,
    Path program,
    Path workFolder,
    ChildVariables variables,
    long heapBytes,
    int maxBytes,
    Duration limit,
    List<String> options) {

  /** Copies the lists. */
  public ExpansionSettings {
    classPath = List.copyOf(classPath);
    options = List.copyOf(options);
  }
}
