package dev.tidemark.runner.job.launch;

import java.io.FileNotFoundException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;

/** A user's pipeline as it stands in many a jar. */
public final class PipelineProgram {
  private PipelineProgram() {}

  /** Its options. */
  public interface Options extends PipelineOptions {
    @Description("What to do: pass, fail")
    @Validation.Required
    String getDeed();

    void setDeed(String deed);

    @Description("Whether main waits")
    @Default.Boolean(true)
    boolean isPatient();

    void setPatient(boolean patient);
  }

  /** Does the deed. */
  static final class Doer extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String deed) throws FileNotFoundException {
      if (deed.equals("fail")) {
        throw new FileNotFoundException("no such deed");
      }
      System.out.println("did " + deed);
    }
  }

  /** Builds and runs the pipeline. */
  public static void main(String[] arguments) {
    Options options = PipelineOptionsFactory.fromArgs(arguments).withValidation().as(Options.class);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Deeds", Create.of(options.getDeed()))
        .apply("Do the deed", ParDo.of(new Doer()));
    if (options.isPatient()) {
      pipeline.run().waitUntilFinish();
    } else {
      pipeline.run();
    }
  }
}
