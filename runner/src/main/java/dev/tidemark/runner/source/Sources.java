package dev.tidemark.runner.source;

import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import java.util.List;

/**
 * Makes the lanes of source nodes.
 *
 * <p>Immutable. One per job, since all {@code TestStream}s of a job move together.
 *
 * @param testStreams replays the job's {@code TestStream}s
 */
public record Sources(TestStreamController testStreams) {

  /**
   * The lanes of one source node, none of them open yet.
   *
   * @return as many as {@link SourceContext#lanes}
   * @throws IllegalArgumentException if the node is no source, or its source cannot be deserialized
   */
  public List<SourceLane> create(SourceContext context) {
    Operation operation = context.node().operation();
    if (operation instanceof Operation.Impulse) {
      return ImpulseSource.lanes(context);
    } else if (operation instanceof Operation.BoundedRead) {
      return BoundedReadSource.lanes(context);
    } else if (operation instanceof Operation.UnboundedRead) {
      return UnboundedReadSource.lanes(context);
    } else if (operation instanceof Operation.TestStream) {
      return testStreams.lanes(context);
    }
    throw new IllegalArgumentException(context.node().fullName() + " is no source");
  }

  /**
   * Whether a node is an unbounded source whose checkpoint marks cannot be written down, so that no
   * run can go on from them. Deserializes the source.
   */
  public static boolean hasMarksWithoutCoder(Node node) {
    return node.operation() instanceof Operation.UnboundedRead read
        && UnboundedReadSource.hasMarksWithoutCoder(read);
  }
}
