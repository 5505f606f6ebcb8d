package dev.tidemark.runner.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.CountingSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/**
 * A pipeline with something of everything that a job keeps from one epoch to the next, branch by
 * branch, and what has to come out of each.
 */
final class Branches {
  static final int SIZE = 45;
  static final int KEYS = 4;
  static final long WINDOW_MILLIS = 7_000;
  static final long GAP_MILLIS = 5_000;
  private static final Duration WINDOW = Duration.millis(WINDOW_MILLIS);

  private Branches() {}

  /** Builds the pipeline of a run. */
  static void build(Pipeline pipeline, String run) {
    PCollection<KV<Integer, Integer>> numbers =
        pipeline.apply("Numbers", Read.from(GatedSource.of(run, "numbers", SIZE, KEYS)));
    PCollection<KV<Integer, Integer>> inWindows =
        numbers.apply("Windows", Window.into(FixedWindows.of(WINDOW)));
    PCollectionView<List<Integer>> side =
        pipeline
            .apply("Side", Read.from(GatedSource.of(run, "side", SIZE, 1)))
            .apply("SideWindows", Window.into(FixedWindows.of(WINDOW)))
            .apply("SideValues", Values.create())
            .apply("View", View.asList());
    List<PCollection<KV<String, String>>> branches = new ArrayList<>();
    branches.add(named("counted", numbers.apply("Count", ParDo.of(new Functions.CountPerKey()))));
    branches.add(named("timed", inWindows.apply("Time", ParDo.of(new Functions.FlushAtEnd()))));
    branches.add(
        named("delayed", numbers.apply("Delay", ParDo.of(new Functions.FlushAfterDelay()))));
    branches.add(
        named(
            "sessions",
            numbers
                .apply(
                    "Sessions", Window.into(Sessions.withGapDuration(Duration.millis(GAP_MILLIS))))
                .apply("GroupSessions", GroupByKey.create())
                .apply("SessionText", text(Functions::groupText))));
    branches.add(
        named(
            "early",
            numbers
                .apply(
                    "EarlySessions",
                    Window.<KV<Integer, Integer>>into(
                            Sessions.withGapDuration(Duration.millis(GAP_MILLIS)))
                        .triggering(
                            AfterWatermark.pastEndOfWindow()
                                .withEarlyFirings(AfterPane.elementCountAtLeast(2)))
                        .withAllowedLateness(Duration.ZERO)
                        .discardingFiredPanes())
                .apply("GroupEarly", GroupByKey.create())
                .apply("EachOfPane", ParDo.of(new Functions.EachOfGroup()))));
    branches.add(
        named(
            "summed",
            inWindows
                .apply("Sum", Sum.integersPerKey())
                .apply("SumText", text(sum -> sum.getKey() + "=" + sum.getValue()))));
    branches.add(
        named(
            "sided",
            inWindows.apply("See", ParDo.of(new Functions.SeeSide(side)).withSideInputs(side))));
    PCollection<KV<Integer, String>> made =
        numbers.apply("Make", ParDo.of(new Functions.Make(run)));
    branches.add(named("stable", made.apply("Stable", ParDo.of(new Functions.StableEffect(run)))));
    branches.add(
        named(
            "reshuffled",
            made.apply("Reshuffle", Reshuffle.of())
                .apply("Effect", ParDo.of(new Functions.Effect(run, "reshuffled")))));
    branches.add(
        named(
            "spread",
            made.apply("Spread", Reshuffle.viaRandomKey())
                .apply("EffectOfSpread", ParDo.of(new Functions.Effect(run, "spread")))));
    branches.add(
        named(
            "recounted",
            numbers
                .apply("Redistribute", Redistribute.byKey())
                .apply("Recount", ParDo.of(new Functions.CountPerKey()))));
    branches.add(
        named(
            "deduplicated",
            pipeline
                .apply("Twice", Read.from(GatedSource.of(run, "twice", SIZE, 1).repeating()))
                .apply("TwiceText", text(element -> "" + element.getValue()))));
    branches.add(
        named(
            "bounded",
            pipeline
                .apply("Bounded", Read.from(CountingSource.upTo(SIZE)))
                .apply("BoundedText", text(number -> "" + number))));
    branches.add(
        named(
            "split",
            pipeline
                .apply("Ranges", Create.of(0, 100))
                .apply("Splittable", ParDo.of(new Functions.TwentyFrom()))));
    branches.add(
        named(
            "impulse",
            pipeline
                .apply("Impulse", Impulse.create())
                .apply("ImpulseText", text(bytes -> "" + bytes.length))));
    PCollectionList.of(branches)
        .apply("All", Flatten.pCollections())
        .apply("Sink", ParDo.of(new Sink(run)));
  }

  private static PCollection<KV<String, String>> named(String name, PCollection<String> results) {
    return results
        .apply(
            name + "Globally",
            Window.<String>into(new GlobalWindows())
                .triggering(DefaultTrigger.of())
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes())
        .apply(
            name + "Named",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings()))
                .via(result -> KV.of(name, result)));
  }

  private static <T> PTransform<PCollection<? extends T>, PCollection<String>> text(
      SerializableFunction<T, String> function) {
    return MapElements.into(TypeDescriptors.strings()).via(function);
  }

  /** What the sink has to have of each branch, sorted. */
  static Map<String, List<String>> answer() {
    Map<String, List<String>> answer = new TreeMap<>();
    List<String> numbers = each(n -> "" + n);
    answer.put("counted", each(n -> n % KEYS + "#" + (n / KEYS + 1)));
    answer.put("delayed", numbers);
    answer.put("early", numbers);
    answer.put("stable", numbers);
    answer.put("reshuffled", numbers);
    answer.put("spread", numbers);
    answer.put("recounted", answer.get("counted"));
    answer.put("deduplicated", numbers);
    answer.put("bounded", numbers);
    answer.put("impulse", List.of("0"));
    answer.put("sided", each(n -> n + "/" + window(n, number -> true)));
    Map<String, List<Integer>> groups = new TreeMap<>();
    for (int n = 0; n < SIZE; n++) {
      int number = n;
      List<Integer> group = window(n, other -> other % KEYS == number % KEYS);
      groups.put(n % KEYS + "=" + group, group);
    }
    answer.put("timed", new ArrayList<>(groups.keySet()));
    List<String> sums = new ArrayList<>();
    groups.forEach(
        (text, group) ->
            sums.add(
                text.substring(0, text.indexOf('=') + 1)
                    + group.stream().mapToInt(Integer::intValue).sum()));
    answer.put("summed", sums);
    List<String> sessions = new ArrayList<>();
    for (int key = 0; key < KEYS; key++) {
      // Keys come so often that a session never ends before the elements do.
      List<Integer> ofKey = new ArrayList<>();
      for (int n = key; n < SIZE; n += KEYS) {
        ofKey.add(n);
      }
      sessions.add(key + "=" + ofKey);
    }
    answer.put("sessions", sessions);
    List<String> split = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      split.add("" + i);
      split.add("" + (100 + i));
    }
    answer.put("split", split);
    answer.replaceAll((branch, results) -> results.stream().sorted().toList());
    return answer;
  }

  private static List<String> each(Function<Integer, String> text) {
    List<String> all = new ArrayList<>();
    for (int n = 0; n < SIZE; n++) {
      all.add(text.apply(n));
    }
    return all;
  }

  /** The numbers in the window of {@code n}. */
  private static List<Integer> window(int n, Function<Integer, Boolean> kept) {
    List<Integer> window = new ArrayList<>();
    long of = n * GatedSource.STEP_MILLIS / WINDOW_MILLIS;
    for (int other = 0; other < SIZE; other++) {
      if (other * GatedSource.STEP_MILLIS / WINDOW_MILLIS == of && kept.apply(other)) {
        window.add(other);
      }
    }
    return window;
  }
}
