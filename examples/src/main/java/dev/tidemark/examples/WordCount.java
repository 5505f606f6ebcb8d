package dev.tidemark.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.MapElements;

/** Counts the words of a text, with composite transforms, metrics and options. */
public final class WordCount {
  private WordCount() {}

  /** What the word counts can be told. */
  public interface Options extends PipelineOptions {
    /** The text file, or a pattern of several. */
    @Description("Text file to read, or a pattern of several")
    @Default.String("examples/src/main/text/king-james-bible.txt")
    String getInputFile();

    /** Sets {@link #getInputFile}. */
    void setInputFile(String inputFile);

    /** What the names of the output files start with. */
    @Description("What the names of the output files start with")
    @Validation.Required
    String getOutput();

    /** Sets {@link #getOutput}. */
    void setOutput(String output);
  }

  /** Counts the words of {@code --inputFile} into files that start with {@code --output}. */
  public static void main(String[] args) {
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    run(options).waitUntilFinish();
  }

  /** Starts the count; does not wait. */
  static PipelineResult run(Options options) {
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Read lines", TextIO.read().from(options.getInputFile()))
        .apply("Count words", new Words.CountWords())
        .apply("Format", MapElements.via(new Words.Format()))
        .apply("Write counts", TextIO.write().to(options.getOutput()).withSuffix(".txt"));
    return pipeline.run();
  }
}
