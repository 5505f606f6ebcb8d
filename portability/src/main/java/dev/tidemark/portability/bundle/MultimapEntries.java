package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.translation.graph.CellSpec;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import dev.tidemark.translation.wire.WireCoders;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a key of a map or multimap with its values as a pair of a key and an iterable. The
 * iterable begins with the number of its values, while an SDK writes values of a key one behind the
 * other: so the runner must be able to tell where one ends.
 *
 * <p>Owned by the lane.
 *
 * @param values of one value; null if each key has one
 */
record MultimapEntries(@Nullable Coder<Object> values) {

  /**
   * The entries of a state of a node.
   *
   * @throws IllegalArgumentException if there is no such state, or its values are the SDK's secret
   */
  static MultimapEntries of(Components components, Node node, String id) {
    RunnerApi.StateSpec spec = spec(node, id);
    if (spec.hasMapSpec()) {
      return new MultimapEntries(null);
    }
    StageGraph graph = components.graph();
    String coder = spec.getMultimapSpec().getValueCoderId();
    if (!spec.hasMultimapSpec() || !WireCoders.isKnown(graph.components(), coder)) {
      throw new IllegalArgumentException(
          "the entries of the state \""
              + id
              + "\" cannot be told apart, as only the SDK knows how its values are encoded; read"
              + " the keys and the values of each, or use a coder of Beam's model");
    }
    return new MultimapEntries(components.coder(coder));
  }

  private static RunnerApi.StateSpec spec(Node node, String id) {
    if (node.operation() instanceof Operation.Harness harness
        && harness.root().operation() instanceof Operation.ParDo parDo) {
      for (CellSpec cell : parDo.cells()) {
        if (cell.id().equals(id)) {
          return cell.spec();
        }
      }
    }
    throw new IllegalArgumentException("there is no state \"" + id + "\" in this bundle");
  }

  /** An entry. */
  ByteString encode(ByteString key, List<ByteString> blobs) {
    ByteString all = ByteString.copyFrom(blobs);
    int count = values == null ? blobs.size() : count(all, values);
    ByteBuffer size = ByteBuffer.allocate(Integer.BYTES).putInt(0, count);
    return key.concat(ByteString.copyFrom(size)).concat(all);
  }

  private static int count(ByteString all, Coder<Object> values) {
    try (InputStream in = all.newInput()) {
      int count = 0;
      for (; in.available() > 0; count++) {
        values.decode(in);
      }
      return count;
    } catch (IOException e) {
      throw new UncheckedIOException("the values of a multimap cannot be read", e);
    }
  }
}
