package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Side inputs several times as large as the heap. */
@Timeout(180)
class LargeSideInputTest {
  private static final int VALUE_BYTES = 1_000;

  @TempDir Path scratch = Path.of("");

  private String run(String view, long elements) throws Exception {
    ProcessBuilder builder =
        ChildJvm.of(
            Program.class, view, String.valueOf(elements), "--lanes=2", "--scratchDir=" + scratch);
    builder.command().add(1, "-Xmx64m");
    Process process = builder.start();
    try (BufferedReader output = process.inputReader()) {
      String all = String.join("\n", output.lines().toList());
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
      return all;
    }
  }

  private void assertNothingIsLeft() throws Exception {
    try (Stream<Path> left = Files.list(scratch)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void mapsAreLookedUpOnDisk() throws Exception {
    assertThat(run("map", 150_000)).endsWith("found 150000 keys, 1000 values, 0 others");
    assertNothingIsLeft();
  }

  @Test
  void listsAreReadFromDisk() throws Exception {
    assertThat(run("list", 150_000)).endsWith("found 150000 elements, 1000 by index");
    assertNothingIsLeft();
  }

  /** The program: shows so many elements as a side input, and reads them. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      long elements = Long.parseLong(arguments[1]);
      Pipeline pipeline =
          Pipeline.create(
              PipelineOptionsFactory.fromArgs(
                      Stream.concat(
                              Stream.of("--runner=TidemarkRunner"),
                              List.of(arguments).stream().skip(2))
                          .toArray(String[]::new))
                  .create());
      PCollection<KV<Long, byte[]>> shown =
          pipeline
              .apply("Numbers", GenerateSequence.from(0).to(elements))
              .apply("Values", ParDo.of(new ToValue()));
      PCollection<String> main = pipeline.apply("Main", Create.of("once"));
      if (arguments[0].equals("map")) {
        PCollectionView<Map<Long, byte[]>> map = shown.apply(View.asMap());
        main.apply(ParDo.of(new LookUp(map, elements)).withSideInputs(map));
      } else {
        PCollectionView<List<KV<Long, byte[]>>> list = shown.apply(View.asList());
        main.apply(ParDo.of(new ReadAll(list)).withSideInputs(list));
      }
      pipeline.run().waitUntilFinish();
    }
  }

  /** A value that can be told from its key, and that no compression makes smaller. */
  private static byte[] valueOf(long key) {
    byte[] value = new byte[VALUE_BYTES];
    new SplittableRandom(key).nextBytes(value);
    return value;
  }

  private static final class ToValue extends DoFn<Long, KV<Long, byte[]>> {
    @ProcessElement
    public void process(@Element Long key, OutputReceiver<KV<Long, byte[]>> output) {
      output.output(KV.of(key, valueOf(key)));
    }
  }

  private static final class LookUp extends DoFn<String, Void> {
    private final PCollectionView<Map<Long, byte[]>> view;
    private final long elements;

    LookUp(PCollectionView<Map<Long, byte[]>> view, long elements) {
      this.view = view;
      this.elements = elements;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Map<Long, byte[]> map = context.sideInput(view);
      SplittableRandom random = new SplittableRandom(7);
      int values = 0;
      int others = 0;
      for (int i = 0; i < 1_000; i++) {
        long key = random.nextLong(elements);
        values += Arrays.equals(map.get(key), valueOf(key)) ? 1 : 0;
        others += map.containsKey(elements + key) ? 1 : 0;
      }
      System.out.printf("found %d keys, %d values, %d others", map.size(), values, others);
    }
  }

  private static final class ReadAll extends DoFn<String, Void> {
    private final PCollectionView<List<KV<Long, byte[]>>> view;

    ReadAll(PCollectionView<List<KV<Long, byte[]>>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      List<KV<Long, byte[]>> list = context.sideInput(view);
      long good = 0;
      for (Iterator<KV<Long, byte[]>> all = list.iterator(); all.hasNext(); ) {
        KV<Long, byte[]> element = all.next();
        good += Arrays.equals(element.getValue(), valueOf(element.getKey())) ? 1 : 0;
      }
      SplittableRandom random = new SplittableRandom(7);
      int byIndex = 0;
      for (int i = 0; i < 1_000; i++) {
        KV<Long, byte[]> element = list.get(random.nextInt(list.size()));
        byIndex += Arrays.equals(element.getValue(), valueOf(element.getKey())) ? 1 : 0;
      }
      System.out.printf("found %d elements, %d by index", good, byIndex);
    }
  }
}
