package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateKey;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Materializations.IterableView;
import org.apache.beam.sdk.transforms.Materializations.MultimapView;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Reads the side inputs of a harness node for the SDK, encoded. Elements are encoded when they are
 * asked for, a page at a time.
 *
 * <p>Owned by the lane.
 */
final class SideInputAnswers {
  private final NodeContext context;
  private final Map<String, Node> transforms;
  private final Map<String, PCollectionView<?>> views;
  private final Map<String, Shown> shown = new HashMap<>();

  /** How one side input is encoded. */
  private record Shown(
      PCollectionView<?> view, Coder<Object> elements, Coder<? extends BoundedWindow> windows) {

    KvCoder<@Nullable Object, @Nullable Object> kv() {
      @SuppressWarnings("unchecked") // keys and values are opaque here
      KvCoder<@Nullable Object, @Nullable Object> kv =
          (KvCoder<@Nullable Object, @Nullable Object>) (Coder<?>) elements;
      return kv;
    }
  }

  SideInputAnswers(NodeContext context, Map<String, Node> transforms) {
    this.context = context;
    this.transforms = transforms;
    this.views = context.components().views(context.node());
    for (SideInputSpec sideInput : context.node().sideInputs()) {
      CollectionId collection = sideInput.collection();
      shown.put(
          sideInput.tag(),
          new Shown(
              Objects.requireNonNull(views.get(sideInput.tag())),
              context.components().coder(collection),
              context.components().windowing(collection).getWindowFn().windowCoder()));
    }
  }

  /** The views of the node's side inputs. */
  List<PCollectionView<?>> views() {
    return List.copyOf(views.values());
  }

  /** Under which tokens a worker may cache what it reads, by now. */
  List<CacheToken> tokens(SideInputTokens tokens) {
    List<CacheToken> current = new ArrayList<>();
    Node node = context.node();
    transforms.forEach(
        (transform, part) -> {
          for (SideInputSpec sideInput : part.sideInputs()) {
            String tag = Operation.Harness.sideInputTag(part.id(), sideInput.tag());
            long version = context.sideInputs().version(Objects.requireNonNull(views.get(tag)));
            current.add(
                CacheToken.newBuilder()
                    .setSideInput(
                        CacheToken.SideInput.newBuilder()
                            .setTransformId(transform)
                            .setSideInputId(sideInput.tag()))
                    .setToken(tokens.token(node.id(), tag, version))
                    .build());
          }
        });
    return current;
  }

  /**
   * A page of what is asked for.
   *
   * @throws IllegalArgumentException if it is no side input of the node
   */
  BeamFnApi.StateGetResponse get(StateKey key, BeamFnApi.StateGetRequest request, Pages pages) {
    return switch (key.getTypeCase()) {
      case ITERABLE_SIDE_INPUT -> {
        StateKey.IterableSideInput asked = key.getIterableSideInput();
        Shown side = side(asked.getTransformId(), asked.getSideInputId());
        IterableView<?> view = (IterableView<?>) value(side, asked.getWindow());
        yield pages.get(request, view.get(), element -> encode(side.elements(), element));
      }
      case MULTIMAP_SIDE_INPUT -> {
        StateKey.MultimapSideInput asked = key.getMultimapSideInput();
        Shown side = side(asked.getTransformId(), asked.getSideInputId());
        Object wanted = decode(side.kv().getKeyCoder(), asked.getKey());
        yield pages.get(
            request,
            multimap(side, asked.getWindow()).get(wanted),
            value -> encode(side.kv().getValueCoder(), value));
      }
      case MULTIMAP_KEYS_SIDE_INPUT -> {
        StateKey.MultimapKeysSideInput asked = key.getMultimapKeysSideInput();
        Shown side = side(asked.getTransformId(), asked.getSideInputId());
        yield pages.get(
            request,
            multimap(side, asked.getWindow()).get(),
            one -> encode(side.kv().getKeyCoder(), one));
      }
      case MULTIMAP_KEYS_VALUES_SIDE_INPUT -> {
        StateKey.MultimapKeysValuesSideInput asked = key.getMultimapKeysValuesSideInput();
        Shown side = side(asked.getTransformId(), asked.getSideInputId());
        MultimapView<@Nullable Object, Object> view = multimap(side, asked.getWindow());
        Coder<KV<@Nullable Object, Iterable<@Nullable Object>>> entries =
            KvCoder.of(side.kv().getKeyCoder(), IterableCoder.of(side.kv().getValueCoder()));
        yield pages.get(request, view.get(), one -> encode(entries, KV.of(one, view.get(one))));
      }
      default ->
          throw new IllegalArgumentException(
              "state of the kind " + key.getTypeCase() + " cannot be read");
    };
  }

  private Shown side(String transform, String sideInput) {
    Node part = transforms.get(transform);
    Shown side =
        part == null ? null : shown.get(Operation.Harness.sideInputTag(part.id(), sideInput));
    if (side == null) {
      throw new IllegalArgumentException(
          transform + " has no side input \"" + sideInput + "\" in this bundle");
    }
    return side;
  }

  private Object value(Shown side, ByteString window) {
    return Objects.requireNonNull(
        context.sideInputs().get(side.view(), decode(side.windows(), window)));
  }

  @SuppressWarnings("unchecked") // keys and values are opaque here
  private MultimapView<@Nullable Object, Object> multimap(Shown side, ByteString window) {
    return (MultimapView<@Nullable Object, Object>) value(side, window);
  }

  private static <T extends @Nullable Object> T decode(Coder<T> coder, ByteString bytes) {
    try {
      return coder.decode(bytes.newInput());
    } catch (IOException e) {
      throw new UncheckedIOException("what the SDK sent cannot be read by " + coder, e);
    }
  }

  @SuppressWarnings("unchecked") // the elements are of the coder's type
  private static ByteString encode(Coder<?> coder, @Nullable Object value) {
    ByteString.Output out = ByteString.newOutput();
    try {
      ((Coder<@Nullable Object>) coder).encode(value, out);
    } catch (IOException e) {
      throw new UncheckedIOException("an element cannot be encoded by " + coder, e);
    }
    return out.toByteString();
  }
}
