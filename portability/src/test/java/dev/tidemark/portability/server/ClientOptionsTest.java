package dev.tidemark.portability.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.job.JobOptions;
import dev.tidemark.runner.job.TidemarkOptions;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.junit.jupiter.api.Test;

/** What a client's options mean for the run of its job. */
final class ClientOptionsTest {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  @Test
  void optionsAreReadHoweverAnSdkWritesThem() {
    assertThat(lanes(option("beam:option:lanes:v1", number(3)))).isEqualTo(3);
    assertThat(lanes(option("lanes", text("3")))).isEqualTo(3);
    assertThat(options(option("beam:option:key_groups:v1", text("7"))).getKeyGroups()).isEqualTo(7);
  }

  @Test
  void whatIsNoNumberIsNamed() {
    assertThatThrownBy(() -> options(option("beam:option:lanes:v1", text("many"))))
        .hasMessageContaining("--lanes=many");
  }

  @Test
  void whoWantsTheStateToBeKeptIsToldThatItIsNot() {
    assertThatThrownBy(() -> options(option("beam:option:state_dir:v1", text("/data/clicks"))))
        .hasMessageContaining("--stateDir")
        .hasMessageContaining("--stateName");
    assertThat(lanes(option("beam:option:state_dir:v1", Value.getDefaultInstance()))).isPositive();
    assertThat(lanes(option("beam:option:state_dir:v1", text("none")))).isPositive();
  }

  @Test
  void stateIsNamedInEverySdk() {
    assertThat(options(option("beam:option:state_name:v1", text("clicks"))).getStateName())
        .isEqualTo("clicks");
    assertThat(options(option("stateName", text("clicks"))).getStateName()).isEqualTo("clicks");
    Struct go =
        option(
            "options",
            Value.newBuilder().setStructValue(option("state_name", text("clicks"))).build());
    assertThat(
            options(
                    option(
                        "beam:option:go_options:v1", Value.newBuilder().setStructValue(go).build()))
                .getStateName())
        .isEqualTo("clicks");
    assertThat(options(option("beam:option:state_name:v1", text(""))).getStateName()).isNull();
  }

  @Test
  void whatBecomesOfStateIsRead() {
    Struct.Builder given =
        Struct.newBuilder()
            .putFields("state_name", text("clicks"))
            .putFields("from_snapshot", text("clicks/monday"))
            .putFields("allow_dropped_state", Value.newBuilder().setBoolValue(true).build())
            .putFields("job_retries", text("7"));
    String names = "{\"old\":\"new\"}";
    for (Value mapping :
        List.of(
            text(names), Value.newBuilder().setStructValue(option("old", text("new"))).build())) {
      TidemarkOptions options = options(given.putFields("transform_name_mapping", mapping).build());
      assertThat(options.getTransformNameMapping()).isEqualTo(Map.of("old", "new"));
      assertThat(options.getFromSnapshot()).isEqualTo("clicks/monday");
      assertThat(options.isAllowDroppedState()).isTrue();
      assertThat(options.getJobRetries()).isEqualTo(7);
    }
    // Python sends every flag that it knows.
    Struct unasked =
        option(
            "beam:option:allow_dropped_state:v1", Value.newBuilder().setBoolValue(false).build());
    assertThat(options(unasked).isAllowDroppedState()).isFalse();
  }

  @Test
  void whoAsksForMoreWorkersThanCoresGetsLanesForThem() {
    assertThat(lanes(workers(CORES + 5))).isEqualTo(CORES + 5);
    assertThat(lanes(workers(CORES + 5).toBuilder().putFields("parallelism", number(-1)).build()))
        .isEqualTo(CORES + 5);
  }

  @Test
  void noLessLanesThanCoresWithoutSayingSo() {
    int standard = PipelineOptionsFactory.as(TidemarkOptions.class).getLanes();
    assertThat(lanes(workers(1))).isEqualTo(standard);
    assertThat(lanes(workers(2))).isEqualTo(Math.max(2, standard));
  }

  @Test
  void lanesThatAreAskedForCountWhateverTheWorkers() {
    assertThat(lanes(workers(CORES + 5).toBuilder().putFields("lanes", number(1)).build()))
        .isEqualTo(1);
    assertThat(lanes(workers(CORES + 5).toBuilder().putFields("parallelism", number(1)).build()))
        .isEqualTo(1);
  }

  private static int lanes(Struct given) {
    return options(given).getLanes();
  }

  private static TidemarkOptions options(Struct given) {
    return JobOptions.prepare(ClientOptions.of(given, "job"));
  }

  private static Struct workers(int number) {
    return option("beam:option:sdk_worker_parallelism:v1", number(number));
  }

  private static Struct option(String name, Value value) {
    return Struct.newBuilder().putFields(name, value).build();
  }

  private static Value number(int number) {
    return Value.newBuilder().setNumberValue(number).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
