package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.portability.worker.Turns;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.WindowMerger;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.primitives.Ints;
import org.jspecify.annotations.Nullable;

/**
 * Has the windows of a strategy merged by the SDK that knows how, in a bundle of its own for each
 * call. A worker that is lost costs one try.
 *
 * <p>Owned by the lane.
 */
final class HarnessWindowMerger implements WindowMerger {
  private final HarnessBundle.Surroundings surroundings;
  private final WireCoding coding;
  private final Coder<WindowedValue<Object>> answers;

  /**
   * A merger for a lane.
   *
   * @param workers of the job
   * @param environmentId whose functions know the windows
   * @param lane the number of the lane
   * @param plan of {@link MergePlans}
   * @param protocols that the workers speak
   * @param windowCoder of the windows
   * @param watch how tries are watched
   * @param space where what goes to the SDK and comes from it is kept
   * @param settings limits
   */
  @SuppressWarnings("unchecked") // nobody looks at keys here
  HarnessWindowMerger(
      SdkWorkers workers,
      String environmentId,
      int lane,
      HarnessPlan plan,
      Protocols protocols,
      Coder<BoundedWindow> windowCoder,
      BundleWatch.Rules watch,
      SpillSpace space,
      HarnessSettings settings) {
    this.surroundings =
        new HarnessBundle.Surroundings(
            workers,
            environmentId,
            Turns.unlimited(),
            lane,
            plan,
            protocols,
            new CacheTokens(List::of),
            iterables -> BundleState.NONE,
            () -> null,
            watch,
            new FailureSamples(false, ignored -> {}),
            ProgressView.NONE,
            space,
            () -> {},
            settings);
    Coder<Iterable<BoundedWindow>> windows = IterableCoder.of(windowCoder);
    this.answers =
        inGlobalWindow(
            KvCoder.of(
                ByteArrayCoder.of(),
                KvCoder.of(windows, IterableCoder.of(KvCoder.of(windowCoder, windows)))));
    this.coding =
        new WireCoding(
            inGlobalWindow(KvCoder.of(ByteArrayCoder.of(), windows)),
            Map.of(MergePlans.MERGED, answers),
            windowCoder,
            (Coder<@Nullable Object>) (Coder<?>) ByteArrayCoder.of(),
            null);
  }

  @SuppressWarnings("unchecked") // who encodes and decodes knows the type
  private static Coder<WindowedValue<Object>> inGlobalWindow(Coder<?> elements) {
    return WindowedValues.getFullCoder((Coder<Object>) elements, GlobalWindow.Coder.INSTANCE);
  }

  @Override
  public List<List<Merged>> merge(List<? extends Collection<BoundedWindow>> sets)
      throws IOException, InterruptedException {
    HarnessBundle bundle = new HarnessBundle(surroundings, coding);
    try {
      for (int i = 0; i < sets.size(); i++) {
        bundle.add(WindowedValues.valueInGlobalWindow(KV.of(Ints.toByteArray(i), sets.get(i))));
      }
      return answers(bundle.complete(null), sets.size());
    } finally {
      bundle.forget();
    }
  }

  private List<List<Merged>> answers(BundleAttempt done, int count) throws IOException {
    Map<Integer, List<Merged>> answered = new TreeMap<>();
    BundleOutput.Elements chunk;
    while ((chunk = done.output().poll()) != null) {
      InputStream in = chunk.bytes().read().newInput();
      chunk.bytes().release();
      while (in.available() > 0) {
        KV<byte[], KV<?, Iterable<KV<BoundedWindow, Iterable<BoundedWindow>>>>> answer = next(in);
        byte[] nonce = answer.getKey();
        int set = nonce.length == Ints.BYTES ? Ints.fromByteArray(nonce) : -1;
        if (set < 0
            || set >= count
            || answered.put(set, merged(answer.getValue().getValue())) != null) {
          throw new HarnessException("the SDK has merged windows that it was not asked for");
        }
      }
    }
    if (answered.size() < count) {
      throw new HarnessException("the SDK did not answer when it was asked to merge windows");
    }
    return List.copyOf(answered.values());
  }

  @SuppressWarnings("unchecked") // the coder decodes no other type
  private <T> T next(InputStream in) throws IOException {
    return (T) answers.decode(in).getValue();
  }

  private static List<Merged> merged(Iterable<KV<BoundedWindow, Iterable<BoundedWindow>>> encoded) {
    List<Merged> merged = new ArrayList<>();
    for (KV<BoundedWindow, Iterable<BoundedWindow>> one : encoded) {
      List<BoundedWindow> consumed = new ArrayList<>();
      one.getValue().forEach(consumed::add);
      merged.add(new Merged(one.getKey(), consumed));
    }
    return merged;
  }
}
