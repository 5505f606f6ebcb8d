package dev.tidemark.benchmarks.workloads;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;

/** How often each word occurs in a text. */
final class WordCount {
  private WordCount() {}

  static void build(Pipeline pipeline, Size size) {
    pipeline
        .apply("Lines", TextIO.read().from(size.text()))
        .apply("Words", ParDo.of(new WordsFn()))
        .apply("Counts", Count.perElement())
        .apply("Checksum", Checksum.of(count -> Elements.hash(count.getKey(), count.getValue())));
  }

  private static final class WordsFn extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String line, OutputReceiver<String> words) {
      Elements.words(line, words::output);
    }
  }
}
