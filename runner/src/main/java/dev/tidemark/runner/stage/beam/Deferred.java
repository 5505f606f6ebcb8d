package dev.tidemark.runner.stage.beam;

import java.util.function.Supplier;
import org.apache.beam.sdk.state.ReadableState;
import org.jspecify.annotations.Nullable;

/**
 * A read of state that happens when {@link #read} is called, and so shows what was written since it
 * was asked for.
 */
record Deferred<T extends @Nullable Object>(Supplier<T> source) implements ReadableState<T> {
  @Override
  public T read() {
    return source.get();
  }

  @Override
  public ReadableState<T> readLater() {
    return this;
  }
}
