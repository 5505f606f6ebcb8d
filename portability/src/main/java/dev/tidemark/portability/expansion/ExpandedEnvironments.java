package dev.tidemark.portability.expansion;

import java.util.List;
import java.util.Map;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionRequest;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionResponse;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/** The environments of what was expanded, with the files that their workers need. */
final class ExpandedEnvironments {
  private static final String DOCKER = "beam:env:docker:v1";
  private static final String FILE = "beam:artifact:type:file:v1";

  private ExpandedEnvironments() {}

  /**
   * Gives the class path to each environment that the process has made.
   *
   * @param request holds the environments that are the client's own, which stay as they are
   * @throws ExpansionException if an environment needs another file of this machine, as when a
   *     transform has itself used an expansion service
   */
  static ExpansionResponse withArtifacts(
      ExpansionRequest request,
      ExpansionResponse response,
      List<RunnerApi.ArtifactInformation> classPath)
      throws ExpansionException {
    Map<String, RunnerApi.Environment> own = request.getComponents().getEnvironmentsMap();
    ExpansionResponse.Builder changed = response.toBuilder();
    for (Map.Entry<String, RunnerApi.Environment> each :
        response.getComponents().getEnvironmentsMap().entrySet()) {
      RunnerApi.Environment environment = each.getValue();
      if (environment.getUrn().equals(DOCKER) && !environment.equals(own.get(each.getKey()))) {
        check(response, environment);
        changed
            .getComponentsBuilder()
            .putEnvironments(
                each.getKey(),
                environment.toBuilder().clearDependencies().addAllDependencies(classPath).build());
      }
    }
    return changed.build();
  }

  private static void check(ExpansionResponse response, RunnerApi.Environment environment)
      throws ExpansionException {
    for (RunnerApi.ArtifactInformation dependency : environment.getDependenciesList()) {
      if (dependency.getTypeUrn().equals(FILE)) {
        throw new ExpansionException(
            "%s needs files that are not on the class path of the expansion service, which cannot be handed on."
                .formatted(response.getTransform().getUniqueName()));
      }
    }
  }
}
