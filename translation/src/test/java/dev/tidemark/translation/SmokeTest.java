package dev.tidemark.translation;

import dev.tidemark.translation.describe.GraphText;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.*;
import org.apache.beam.sdk.values.*;
import org.apache.beam.sdk.options.*;
import org.junit.jupiter.api.Test;

class SmokeTest {
  @Test
  void wordCount() { run(); }
  static void run() {
    Pipeline p = Pipeline.create();
    PCollection<String> words = p.apply("Lines", Create.of("a b", "c"))
      .apply("Split", FlatMapElements.into(TypeDescriptors.strings()).via((String s) -> java.util.Arrays.asList(s.split(" "))));
    PCollectionView<Long> n = words.apply("N", Combine.globally(Count.<String>combineFn()).asSingletonView());
    words.apply(Count.perElement()).apply("F", ParDo.of(new DoFn<KV<String, Long>, String>() {
      @ProcessElement public void p(ProcessContext c) { c.output("" + c.sideInput(n)); } }).withSideInputs(n));
    System.out.println(GraphText.render(PipelineTranslator.translate(Protos.of(p))));
    Pipeline q = Pipeline.create(PipelineOptionsFactory.fromArgs("--experiments=use_sdf_read").create());
    q.apply("Lines", Create.of("a b", "c"));
    q.apply("Seq", org.apache.beam.sdk.io.GenerateSequence.from(0)).apply(Count.perElement());
    System.out.println(GraphText.render(PipelineTranslator.translate(Protos.of(q))));
    System.out.println(GraphText.render(PipelineTranslator.translate(Protos.of(q), new TranslationOptions(dev.tidemark.translation.environment.EnvironmentPolicy.directJava(), true))));
    System.out.println(GraphText.render(PipelineTranslator.translate(Protos.of(q), TranslationOptions.harness())));
  }
}
