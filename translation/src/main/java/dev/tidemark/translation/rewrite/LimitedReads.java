package dev.tidemark.translation.rewrite;

import java.lang.reflect.Method;
import org.apache.beam.sdk.io.UnboundedSource;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what Beam's {@code BoundedReadFromUnboundedSource} is to read. It creates one shard
 * with the source and its limits, which a function then splits; nothing else tells them.
 */
final class LimitedReads {
  private LimitedReads() {}

  /** The source and its limits that a shard tells, or null if it does not. */
  static @Nullable LimitedSource<?, ?> source(@Nullable Object shard) {
    if (shard == null) {
      return null;
    }
    try {
      Object time = property(shard, "getMaxReadTime");
      if (!(property(shard, "getSource") instanceof UnboundedSource<?, ?> source)
          || !(property(shard, "getMaxNumRecords") instanceof Long records)) {
        return null;
      }
      long millis = time instanceof Duration duration ? duration.getMillis() : Long.MAX_VALUE;
      return new LimitedSource<>(source, records, millis);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  private static @Nullable Object property(Object shard, String getter)
      throws ReflectiveOperationException {
    Method method = shard.getClass().getDeclaredMethod(getter);
    method.setAccessible(true);
    return method.invoke(shard);
  }
}
