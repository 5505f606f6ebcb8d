package dev.tidemark.portability.server;

import dev.tidemark.runner.job.TidemarkOptions;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.directory.StateHome;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a job keeps its state: in the folder that the operator has chosen, under the name that the
 * client has given.
 *
 * <p>Immutable.
 *
 * @param name as the client has given it
 * @param directory may not be there yet
 * @param snapshot the folder of the snapshot that it begins with; null for none
 */
record NamedState(String name, Path directory, @Nullable Path snapshot) {

  /**
   * What the options of a job say; empty if its state is not to be kept.
   *
   * @param home where all state is
   * @throws StateException if a name will not do, nobody has the snapshot, or another job uses the
   *     state
   */
  static Optional<NamedState> of(TidemarkOptions options, StateHome home) {
    String name = options.getStateName();
    if (name == null) {
      return Optional.empty();
    }
    Path directory = home.directory(name);
    if (home.isInUse(directory)) {
      throw new StateException(
          "The state \""
              + name
              + "\" is in use by another job, which may have been submitted under the same"
              + " --stateName: cancel that one and wait for its end, or give another name.",
          null);
    }
    String snapshot = options.getFromSnapshot();
    return Optional.of(
        new NamedState(name, directory, snapshot == null ? null : home.snapshot(snapshot)));
  }
}
