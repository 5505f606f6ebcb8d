package dev.tidemark.portability.job.artifact;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * The artifacts that the environments of a pipeline ask for.
 *
 * <p>Immutable.
 *
 * @param byEnvironment by the id of the environment; one that asks for nothing has an empty list.
 *     Those of an environment with alternatives are its own and those of the alternatives
 */
public record DeclaredArtifacts(Map<String, List<RunnerApi.ArtifactInformation>> byEnvironment) {

  /** What a pipeline asks for. */
  public static DeclaredArtifacts of(RunnerApi.Pipeline pipeline) {
    Map<String, List<RunnerApi.ArtifactInformation>> found = new LinkedHashMap<>();
    pipeline
        .getComponents()
        .getEnvironmentsMap()
        .forEach(
            (id, environment) -> {
              Set<RunnerApi.ArtifactInformation> all = new LinkedHashSet<>();
              Alternatives.visit(environment, each -> all.addAll(each.getDependenciesList()));
              found.put(id, List.copyOf(all));
            });
    return new DeclaredArtifacts(found);
  }

  /** Whether there is nothing to stage. */
  public boolean none() {
    return byEnvironment.values().stream().allMatch(List::isEmpty);
  }

  /** What cannot be staged, and why; empty if all can. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    byEnvironment.forEach((id, artifacts) -> NamedArtifact.all(id, artifacts, problems));
    return problems;
  }
}
