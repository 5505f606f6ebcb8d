package dev.tidemark.runner.stage.sideinput;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.StructuralByteArray;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;

/**
 * The elements of a window as a multimap; keys are equal when their encodings are, as in a group.
 *
 * <p>Immutable after construction.
 */
final class MultimapContents implements Materializations.MultimapView<Object, Object> {
  private record Entry(Object key, List<Object> values) {}

  /**
   * Of these coders it is known that keys are equal exactly when their encodings are, whoever made
   * them. What others say of themselves is not enough: rows of different schemas may have the same
   * encoding, and are not equal.
   */
  private static final Set<Class<?>> BY_EQUALS =
      Set.of(
          StringUtf8Coder.class,
          VarIntCoder.class,
          VarLongCoder.class,
          BigEndianIntegerCoder.class,
          BigEndianLongCoder.class);

  private final Map<Object, Entry> entries = new LinkedHashMap<>();
  private final Coder<Object> keyCoder;

  private final boolean byEquals;

  MultimapContents(List<KV<Object, Object>> elements, Coder<Object> keyCoder) {
    this.keyCoder = keyCoder;
    this.byEquals = BY_EQUALS.contains(keyCoder.getClass());
    for (KV<Object, Object> element : elements) {
      entries
          .computeIfAbsent(
              identity(element.getKey()),
              identity -> new Entry(element.getKey(), new ArrayList<>()))
          .values()
          .add(element.getValue());
    }
  }

  @Override
  public Iterable<Object> get() {
    return () -> entries.values().stream().map(Entry::key).iterator();
  }

  @Override
  public Iterable<Object> get(Object key) {
    Entry entry = entries.get(identity(key));
    return entry == null ? List.of() : entry.values();
  }

  private Object identity(Object key) {
    if (byEquals) {
      return key;
    }
    try {
      return new StructuralByteArray(CoderUtils.encodeToByteArray(keyCoder, key));
    } catch (CoderException e) {
      throw new IllegalArgumentException(
          "the key " + key + " of a side input cannot be encoded by " + keyCoder, e);
    }
  }
}
