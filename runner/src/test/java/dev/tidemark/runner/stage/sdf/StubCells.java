package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.jspecify.annotations.Nullable;

/** Value cells that keep encoded values only, as a durable store would. */
final class StubCells implements KeyedCells {
  private record Address(Key key, String namespace, String id) {}

  private final Map<Address, byte[]> encoded = new LinkedHashMap<>();

  int size() {
    return encoded.size();
  }

  @Override
  public int generation() {
    return 0;
  }

  @Override
  public void forEachValue(String cellId, BiConsumer<Key, String> visitor) {
    List.copyOf(encoded.keySet()).stream()
        .filter(address -> address.id().equals(cellId))
        .forEach(
            address -> visitor.accept(new Key(address.key().encoded(), null), address.namespace()));
  }

  @Override
  public Cells forKey(Key key) {
    return new Cells() {
      @Override
      public <T extends @Nullable Object> ValueCell<T> value(
          String namespace, String id, Coder<T> coder) {
        return new Value<>(new Address(key, namespace, id), coder);
      }

      @Override
      public <T extends @Nullable Object> BagCell<T> bag(
          String namespace, String id, Coder<T> coder) {
        throw new UnsupportedOperationException();
      }

      @Override
      public <K extends @Nullable Object, V extends @Nullable Object> MapCell<K, V> map(
          String namespace, String id, Coder<K> keyCoder, Coder<V> valueCoder) {
        throw new UnsupportedOperationException();
      }

      @Override
      public <K extends @Nullable Object, V extends @Nullable Object> MultimapCell<K, V> multimap(
          String namespace, String id, Coder<K> keyCoder, Coder<V> valueCoder) {
        throw new UnsupportedOperationException();
      }

      @Override
      public <T extends @Nullable Object> OrderedListCell<T> orderedList(
          String namespace, String id, Coder<T> coder) {
        throw new UnsupportedOperationException();
      }

      @Override
      public HoldCell hold(String namespace, String id) {
        throw new UnsupportedOperationException();
      }
    };
  }

  private final class Value<T extends @Nullable Object> implements Cells.ValueCell<T> {
    private final Address address;
    private final Coder<T> coder;

    Value(Address address, Coder<T> coder) {
      this.address = address;
      this.coder = coder;
    }

    @Override
    public @Nullable T read() {
      byte[] bytes = encoded.get(address);
      try {
        return bytes == null ? null : CoderUtils.decodeFromByteArray(coder, bytes);
      } catch (CoderException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void write(T value) {
      try {
        encoded.put(address, CoderUtils.encodeToByteArray(coder, value));
      } catch (CoderException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void clear() {
      encoded.remove(address);
    }

    @Override
    public boolean isEmpty() {
      return !encoded.containsKey(address);
    }
  }
}
