package dev.tidemark.translation.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.junit.jupiter.api.Test;

/** What an environment's capabilities say of its SDK. */
final class SdkImageTest {

  @Test
  void anEnvironmentNamesTheImageOfItsSdk() {
    RunnerApi.Environment environment =
        environment("beam:version:sdk_base:apache/beam_java17_sdk:2.65.0");
    assertThat(SdkImage.of(environment)).contains(new SdkImage("apache/beam_java17_sdk:2.65.0"));
    assertThat(SdkImage.isJava(environment)).isTrue();
    assertThat(
            SdkImage.isJava(environment("beam:version:sdk_base:apache/beam_python3.11_sdk:2.70.0")))
        .isFalse();
  }

  @Test
  void anEnvironmentThatNamesNoneIsOfAJavaPipelineOfThisJvm() {
    assertThat(SdkImage.of(environment("beam:coder:varint:v1"))).isEmpty();
    assertThat(SdkImage.isJava(environment("beam:coder:varint:v1"))).isTrue();
  }

  @Test
  void theTagFollowsTheLastColonOfTheName() {
    assertThat(new SdkImage("apache/beam_java17_sdk:2.65.0").tag()).isEqualTo("2.65.0");
    assertThat(new SdkImage("registry:5000/beam_java17_sdk").tag()).isEmpty();
    assertThat(new SdkImage("registry:5000/beam_java17_sdk:mine").tag()).isEqualTo("mine");
    assertThat(new SdkImage("").tag()).isEmpty();
  }

  private static RunnerApi.Environment environment(String capability) {
    return RunnerApi.Environment.newBuilder()
        .addCapabilities("beam:protocol:worker_status:v1")
        .addCapabilities(capability)
        .build();
  }
}
