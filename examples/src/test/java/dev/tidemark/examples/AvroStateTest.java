package dev.tidemark.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.extensions.avro.coders.AvroCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** State in Avro's generic records can go on with the same schema, and is not read with another. */
@Timeout(120)
class AvroStateTest {
  private static final Schema NAME =
      SchemaBuilder.record("Visit").fields().requiredString("name").endRecord();
  private static final Schema NAME_AND_AGE =
      SchemaBuilder.record("Visit").fields().requiredString("name").requiredInt("age").endRecord();

  /** Declares a record for each key. */
  private static final class Keep extends DoFn<KV<String, Integer>, Void> {
    @StateId("visit")
    private final StateSpec<ValueState<GenericRecord>> spec;

    private Keep(Schema schema) {
      spec = StateSpecs.value(AvroCoder.of(schema));
    }

    @ProcessElement
    public void process(@StateId("visit") ValueState<GenericRecord> visit) {
      visit.clear();
    }
  }

  private static PipelineResult.State run(Path directory, Schema schema) {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(
                    "--runner=TidemarkRunner", "--streaming", "--stateDir=" + directory)
                .create());
    pipeline.apply(Create.of(KV.of("a", 1))).apply("Keep", ParDo.of(new Keep(schema)));
    return pipeline.run().waitUntilFinish();
  }

  @Test
  void theSchemaIsPartOfTheDescription(@TempDir Path folder) {
    Path directory = folder.resolve("state");
    assertThat(run(directory, NAME)).isEqualTo(PipelineResult.State.DONE);
    assertThat(run(directory, NAME)).isEqualTo(PipelineResult.State.DONE);
    assertThatThrownBy(() -> run(directory, NAME_AND_AGE))
        .hasMessageContaining("cannot read its state")
        .hasMessageContaining("\"name\":\"age\"");
  }
}
