package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.Partitions;
import it.unimi.dsi.fastutil.ints.IntCollection;
import it.unimi.dsi.fastutil.ints.IntLists;

/**
 * What holds the values of groups, and can be written to disk group by group.
 *
 * <p>Owned by the lane.
 */
public interface SpillableGroups extends BatchGroupingProcessor.Groups {

  /** About how much memory it takes, in bytes. */
  long memoryBytes();

  /**
   * Puts the values of those groups on disk that are much larger than others, where that gets much
   * of the memory free. They are still groups like others.
   *
   * @param all whether to put those of all groups there, however little that brings
   * @return the groups whose values are on disk by now, also from calls before; empty if the memory
   *     is in many small groups
   */
  default IntCollection spillLargest(boolean all) {
    return IntLists.emptyList();
  }

  /**
   * Writes what a group in memory holds as records with its key.
   *
   * @param table where the group is from
   * @param frame the encoding of its window
   */
  void write(GroupTable table, int group, byte[] frame, Partitions partitions);

  /** One with nothing but what these groups hold, which are the first ones now. This one ends. */
  SpillableGroups keep(int[] groups);

  /** An empty one that takes the records that {@link #write} has written. */
  SpillableGroups reader();

  /**
   * Whether records that come later may be written as they are, without having been here: whether
   * {@link #write} writes the same.
   */
  boolean writesInputs();

  /** Lets go of files; who has a result in hand may go on to use it. */
  default void close() {}
}
