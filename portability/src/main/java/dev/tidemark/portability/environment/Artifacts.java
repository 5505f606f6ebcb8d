package dev.tidemark.portability.environment;

import java.io.IOException;
import java.util.List;

/**
 * What clients have staged for the environments of one job.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface Artifacts {

  /**
   * The artifacts of an environment, in the order in which the client names them.
   *
   * @param environmentId an id in the pipeline's components
   */
  List<StagedFile> of(String environmentId) throws IOException;
}
