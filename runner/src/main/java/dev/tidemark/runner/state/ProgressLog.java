package dev.tidemark.runner.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.NodeProgress;
import dev.tidemark.translation.graph.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far the nodes of a job have come, and whether it is being drained, in the job's store. The
 * watermarks of a lane stand for its key groups, so that they can be found by other lanes.
 *
 * <p>Owned by the driver.
 */
public final class ProgressLog {
  private static final Bytes GROUPS = name("keyGroups");
  private static final Bytes DRAINING = name("draining");

  private final NodeDictionary dictionary;
  private final KeyGroups groups;
  private final StoredRecords watermarks;
  private final StoredRecords job;

  /** What was committed before this run: by the number of the node and the first key group. */
  private final Map<Integer, TreeMap<Integer, NodeProgress>> found = new TreeMap<>();

  private boolean begun;

  private ProgressLog(StateStore store, NodeDictionary dictionary, KeyGroups groups) {
    this.dictionary = dictionary;
    this.groups = groups;
    this.watermarks = new StoredRecords(store, StateTable.WATERMARK);
    this.job = new StoredRecords(store, StateTable.JOB);
  }

  /**
   * Reads what the store has.
   *
   * @throws StateException if the job's state has another number of key groups
   */
  public static ProgressLog open(StateStore store, NodeDictionary dictionary, KeyGroups groups) {
    ProgressLog log = new ProgressLog(store, dictionary, groups);
    log.checkGroups();
    log.watermarks.all().forEach(log::found);
    return log;
  }

  private void checkGroups() {
    Bytes stored = job.get(GROUPS);
    if (stored == null) {
      return;
    }
    int before = new ByteReader(stored).readInt();
    if (before != groups.groups()) {
      throw new StateException(
          "the job's state has "
              + before
              + " key groups and cannot be read with "
              + groups.groups()
              + "; start the job with --keyGroups="
              + before,
          null);
    }
  }

  private void found(Bytes name, Bytes value) {
    ByteReader key = new ByteReader(name);
    int node = key.readInt();
    ByteReader in = new ByteReader(value);
    found
        .computeIfAbsent(node, any -> new TreeMap<>())
        .put(key.readShort(), new NodeProgress(in.readSigned(), in.readSigned(), in.readSigned()));
  }

  /** Whether the job was being drained when it was last committed. */
  public boolean draining() {
    return job.get(DRAINING) != null;
  }

  /**
   * How far a node had come when the job was last committed: the lowest of the lanes that had key
   * groups of {@code lane}; null for a node that had not run.
   */
  public @Nullable NodeProgress of(NodeId node, int lane) {
    TreeMap<Integer, NodeProgress> byGroup = found.get(dictionary.number(node));
    if (byGroup == null) {
      return null;
    }
    GroupRange range = GroupRange.of(groups, lane);
    Integer first = byGroup.floorKey(range.first());
    NodeProgress lowest = null;
    for (NodeProgress each :
        byGroup.subMap(first == null ? range.first() : first, range.end()).values()) {
      lowest = lowest == null ? each : lowest.min(each);
    }
    return lowest;
  }

  /**
   * What to commit with an epoch.
   *
   * @param draining whether the job is being drained
   * @param progress of each node, lane by lane
   */
  public List<StateChanges> seal(boolean draining, Map<NodeId, List<NodeProgress>> progress) {
    if (!begun) {
      begun = true;
      ByteWriter count = new ByteWriter();
      count.writeInt(groups.groups());
      job.put(GROUPS, count.toBytes());
      new ArrayList<>(watermarks.all().keySet()).forEach(this::removeUnlessOfALane);
    }
    if (draining) {
      job.put(DRAINING, Bytes.EMPTY);
    }
    progress.forEach(
        (node, lanes) -> {
          for (int lane = 0; lane < lanes.size(); lane++) {
            watermarks.put(watermarkName(node, lane), encoded(lanes.get(lane)));
          }
        });
    return List.of(watermarks.seal(), job.seal());
  }

  /** Lanes of an earlier run may have begun at other key groups. */
  private void removeUnlessOfALane(Bytes name) {
    ByteReader key = new ByteReader(name);
    key.readInt();
    int group = key.readShort();
    for (int lane = 0; lane < groups.lanes(); lane++) {
      if (GroupRange.of(groups, lane).first() == group) {
        return;
      }
    }
    watermarks.remove(name);
  }

  private Bytes watermarkName(NodeId node, int lane) {
    ByteWriter out = new ByteWriter();
    out.writeInt(dictionary.number(node));
    out.writeShort(GroupRange.of(groups, lane).first());
    return out.toBytes();
  }

  private static Bytes encoded(NodeProgress progress) {
    ByteWriter out = new ByteWriter();
    out.writeSigned(progress.inputMillis());
    out.writeSigned(progress.outputMillis());
    out.writeSigned(progress.undrainedMillis());
    return out.toBytes();
  }

  private static Bytes name(String name) {
    return Bytes.of(name.getBytes(UTF_8));
  }
}
