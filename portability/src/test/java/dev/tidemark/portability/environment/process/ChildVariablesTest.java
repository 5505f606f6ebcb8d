package dev.tidemark.portability.environment.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ChildVariablesTest {
  private static final Map<String, String> SERVER =
      Map.of(
          "PATH", "/bin",
          "AWS_SECRET_ACCESS_KEY", "secret",
          "CLUSTER", "blue",
          "HTTPS_PROXY", "http://proxy",
          "PIP_INDEX_URL", "http://index");

  private final ChildVariables variables = new ChildVariables(SERVER, Set.of("CLUSTER", "UNSET"));

  @Test
  void aWorkerSeesNoSecretsOfTheServer() {
    assertThat(variables.forWorker())
        .containsExactlyInAnyOrderEntriesOf(Map.of("PATH", "/bin", "CLUSTER", "blue"));
  }

  @Test
  void anInstallerAlsoKnowsTheNetwork() {
    assertThat(variables.forInstaller())
        .containsOnlyKeys("PATH", "CLUSTER", "HTTPS_PROXY", "PIP_INDEX_URL");
  }
}
