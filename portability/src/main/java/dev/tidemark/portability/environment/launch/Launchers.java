package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.EnvironmentLaunchers;
import dev.tidemark.portability.environment.EnvironmentLaunchers.ImageLauncher;
import dev.tidemark.portability.environment.Launcher;
import java.util.LinkedHashMap;
import java.util.Map;

/** All launchers, as the operator has set them. */
public final class Launchers {
  private Launchers() {}

  /**
   * The launchers of a server. Looks for a Docker engine, which may take seconds if there is one
   * that does not answer.
   */
  public static EnvironmentLaunchers of(LaunchSettings settings) {
    WorkerProcesses processes = new WorkerProcesses(settings.workFolder(), settings.variables());
    Map<String, Launcher> byUrn = new LinkedHashMap<>();
    byUrn.put(ExternalLauncher.URN, new ExternalLauncher(settings.pools()));
    byUrn.put(ProcessLauncher.URN, new ProcessLauncher(processes, settings.commands()));
    VirtualEnvironments venvs =
        new VirtualEnvironments(
            settings.cacheFolder(), settings.variables(), settings.pythonExtras());
    DockerEngine engine = new DockerEngine(settings.variables());
    DockerLauncher docker = new DockerLauncher(processes, engine);
    return new EnvironmentLaunchers(
        byUrn,
        Map.<String, ImageLauncher>of(
            "java",
            home ->
                new JavaLauncher(
                    processes,
                    settings.jars(),
                    JavaHomes.of(settings.javaHomes(), home),
                    settings.javaHeapBytes()),
            "python",
            interpreter -> new PythonLauncher(processes, venvs, interpreter),
            "go",
            ignored -> new GoLauncher(processes),
            "docker",
            ignored -> docker),
        settings.images(),
        settings.unmappedImages() && engine.answers() ? docker : null);
  }
}
