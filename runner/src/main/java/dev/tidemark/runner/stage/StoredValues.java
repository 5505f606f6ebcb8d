package dev.tidemark.runner.stage;

/**
 * The values of a group as an operator hands them on: a small object, whose contents are kept where
 * they are accounted for. To encode it means to read all of them.
 *
 * <p>Owned by the lane.
 */
public interface StoredValues {

  /** Whether most of it is on disk, so that holding on to many costs no memory. */
  boolean areOnDisk();
}
