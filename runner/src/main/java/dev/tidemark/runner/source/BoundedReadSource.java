package dev.tidemark.runner.source;

import dev.tidemark.translation.graph.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.util.construction.ReadTranslation;

/** Makes the lanes of a {@link Operation.BoundedRead}: they share one {@link BoundedWork}. */
final class BoundedReadSource {
  private BoundedReadSource() {}

  static List<SourceLane> lanes(SourceContext context) {
    BoundedWork work = new BoundedWork(context, source(context));
    List<SourceLane> lanes = new ArrayList<>();
    for (int lane = 0; lane < context.lanes(); lane++) {
      lanes.add(BoundedReadLane.create(context, work, lane));
    }
    return lanes;
  }

  @SuppressWarnings("unchecked") // elements are opaque here
  private static BoundedSource<Object> source(SourceContext context) {
    Operation.BoundedRead read = (Operation.BoundedRead) context.node().operation();
    try {
      return (BoundedSource<Object>) ReadTranslation.boundedSourceFromProto(read.payload());
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          context.node().fullName() + ": cannot deserialize its BoundedSource", e);
    }
  }
}
