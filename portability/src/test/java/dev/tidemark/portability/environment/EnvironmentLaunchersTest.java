package dev.tidemark.portability.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EnvironmentLaunchersTest {
  private final TestLauncher external = new TestLauncher((start, worker) -> {});
  private final TestLauncher process = new TestLauncher((start, worker) -> {});
  private final TestLauncher java = new TestLauncher((start, worker) -> {});
  private final TestLauncher engine = new TestLauncher((start, worker) -> {});

  private EnvironmentLaunchers launchers(@Nullable Launcher docker, String... rules) {
    Map<String, Launcher> byUrn = new LinkedHashMap<>();
    byUrn.put("external", external);
    byUrn.put("process", process);
    return new EnvironmentLaunchers(
        byUrn, Map.of("java", argument -> java), new ImageMap(List.of(rules)), docker);
  }

  private static RunnerApi.Environment environment(String urn) {
    return RunnerApi.Environment.newBuilder().setUrn(urn).build();
  }

  private static RunnerApi.Environment image(String image) {
    return environment(EnvironmentLaunchers.DOCKER).toBuilder()
        .setPayload(
            RunnerApi.DockerPayload.newBuilder().setContainerImage(image).build().toByteString())
        .build();
  }

  private static RunnerApi.Environment anyOf(RunnerApi.Environment... alternatives) {
    return environment(EnvironmentLaunchers.ANY_OF).toBuilder()
        .setPayload(
            RunnerApi.AnyOfEnvironmentPayload.newBuilder()
                .addAllEnvironments(List.of(alternatives))
                .build()
                .toByteString())
        .build();
  }

  @Test
  void typesHaveTheirLaunchers() throws Exception {
    EnvironmentLaunchers launchers = launchers(null);
    assertThat(launchers.choose(environment("process")).launcher()).isSameAs(process);
    assertThat(launchers.check(environment("process"))).isNull();
    assertThat(launchers.check(environment("beam:env:embedded_python:v1")))
        .contains("beam:env:embedded_python:v1", "external, process, beam:env:docker:v1");
  }

  @Test
  void imagesGoByTheMapThenToTheEngine() throws Exception {
    EnvironmentLaunchers launchers = launchers(engine, "apache/beam_java*_sdk:*=java");
    assertThat(launchers.choose(image("apache/beam_java17_sdk:2.70.0")).launcher()).isSameAs(java);
    assertThat(launchers.choose(image("docker.io/apache/beam_java17_sdk:2.70.0")).launcher())
        .isSameAs(java);
    assertThat(launchers.choose(image("evil/apache/beam_java17_sdk:2.70.0")).launcher())
        .isSameAs(engine);
  }

  @Test
  void anImageThatNothingRunsIsNamedWithTheWayOut() {
    EnvironmentLaunchers launchers = launchers(null, "mine=jav");
    assertThat(launchers.check(image("acme/sdk:1")))
        .contains("acme/sdk:1", "--image='acme/sdk:1=LAUNCHER'", "one of java");
    assertThat(launchers.check(image("mine"))).contains("'jav'", "no launcher");
  }

  @Test
  void aProblemOfTheLauncherIsReported() {
    java.problem = "no such JDK";
    EnvironmentLaunchers launchers = launchers(null, "*=java");
    assertThat(launchers.check(image("x"))).isEqualTo("no such JDK");
    assertThatThrownBy(() -> launchers.choose(image("x"))).hasMessage("no such JDK");
  }

  @Test
  void alternativesArePreferredInOrderAndIfTheyCanBeHad() throws Exception {
    EnvironmentLaunchers launchers = launchers(null, "*=java");
    RunnerApi.Environment choice =
        anyOf(environment("new"), image("x"), environment("process"), environment("external"));
    assertThat(launchers.choose(choice).environment()).isEqualTo(environment("external"));
    external.problem = "not on the list";
    assertThat(launchers.choose(choice).launcher()).isSameAs(process);
    process.problem = "not on the list";
    assertThat(launchers.choose(choice).environment()).isEqualTo(image("x"));
    java.problem = "no such JDK";
    assertThat(launchers.check(choice)).contains("no such JDK", "not on the list", "'new'");
  }

  @Test
  void alternativesWithinAlternativesAndNonsenseAreRefused() {
    EnvironmentLaunchers launchers = launchers(engine);
    assertThat(launchers.check(anyOf(anyOf(environment("process"))))).contains("not supported");
    assertThat(
            launchers.check(
                environment(EnvironmentLaunchers.ANY_OF).toBuilder()
                    .setPayload(ByteString.copyFromUtf8("nonsense"))
                    .build()))
        .contains("cannot be read");
  }

  @Test
  void rulesOfTheMapAreChecked() {
    ImageMap map = new ImageMap(List.of("a.b*=python:/opt/py thon:3", "*=JAVA"));
    assertThat(map.of("a.b1")).contains(new ImageMap.Target("python", "/opt/py thon:3"));
    assertThat(map.of("aXb1")).contains(new ImageMap.Target("java", null));
    assertThatThrownBy(() -> new ImageMap(List.of("a=")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PATTERN=LAUNCHER");
  }
}
