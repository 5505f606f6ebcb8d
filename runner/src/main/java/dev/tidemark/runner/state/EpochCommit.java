package dev.tidemark.runner.state;

import java.util.List;

/**
 * All that an epoch leaves behind, or several that are committed as one.
 *
 * <p>Immutable.
 *
 * @param manifest the manifest after the last of them
 * @param changes the changes, of each lane for instance; no two of them concern the same key
 */
public record EpochCommit(Manifest manifest, List<StateChanges> changes) {
  public EpochCommit {
    changes = List.copyOf(changes);
  }
}
