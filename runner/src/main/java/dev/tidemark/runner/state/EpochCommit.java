package dev.tidemark.runner.state;

import java.util.List;

/**
 * All that one epoch leaves behind.
 *
 * <p>Immutable.
 *
 * @param manifest the manifest after this epoch
 * @param changes the changes of each lane; no two of them concern the same key
 */
public record EpochCommit(Manifest manifest, List<StateChanges> changes) {
  public EpochCommit {
    changes = List.copyOf(changes);
  }
}
