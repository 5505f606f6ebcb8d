package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchJob;
import dev.tidemark.portability.environment.LaunchedWorker;
import dev.tidemark.portability.environment.Launcher;
import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.environment.WorkerStart;
import dev.tidemark.translation.graph.SdkImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * Runs Beam's Java harness on the staged jars, in a JVM of its own: nothing of them is loaded in
 * the server.
 *
 * <p>Thread-safe.
 */
final class JavaLauncher implements Launcher {
  private static final String MAIN = "org.apache.beam.fn.harness.FnHarness";

  private final WorkerProcesses processes;
  private final HarnessJars jars;
  private final JavaHomes homes;
  private final long heapBytes;

  JavaLauncher(WorkerProcesses processes, HarnessJars jars, JavaHomes homes, long heapBytes) {
    this.processes = processes;
    this.jars = jars;
    this.homes = homes;
    this.heapBytes = heapBytes;
  }

  @Override
  public @Nullable String problem(RunnerApi.Environment environment) {
    return homes.problem(Payloads.image(environment));
  }

  @Override
  public boolean speaksTls(LaunchJob job, String environmentId, RunnerApi.Environment environment)
      throws LaunchException {
    return homes.runsOurs(Payloads.image(environment))
        && JavaTls.isPossible(job.options(), StagedFiles.of(job, environmentId));
  }

  @Override
  public LaunchedWorker start(WorkerStart start) throws LaunchException, InterruptedException {
    List<StagedFile> artifacts = StagedFiles.of(start);
    return processes.start(
        start,
        folder ->
            new WorkerProcesses.Program(
                "the Java worker", arguments(start, artifacts, folder), variables(start, folder)));
  }

  private List<String> arguments(WorkerStart start, List<StagedFile> artifacts, Path folder)
      throws IOException, LaunchException {
    List<Path> staged = StagedFiles.put(artifacts, folder.resolve("staged"));
    List<Path> classPath =
        new ArrayList<>(JavaClassPath.of(jars, beamVersion(start.environment()), staged));
    if (start.endpoints().tls() != null) {
      classPath.add(JavaTls.write(folder.resolve("tls.jar")));
    }
    return new JavaCommand(homes.java(Payloads.image(start.environment())), heapBytes, jars.agent())
        .of(MAIN, classPath, folder, start.job().options());
  }

  /** The client's version of Beam: as it says, else the tag of the image. */
  private static String beamVersion(RunnerApi.Environment environment) {
    return SdkImage.of(environment)
        .orElseGet(() -> new SdkImage(Payloads.image(environment)))
        .tag();
  }

  private static Map<String, String> variables(WorkerStart start, Path folder)
      throws IOException, LaunchException {
    // In a file, as there is a limit to what a variable may hold.
    Path options =
        Files.writeString(folder.resolve("options.json"), WorkerVariables.options(start));
    Map<String, String> variables = new HashMap<>(WorkerVariables.of(start));
    variables.putAll(WorkerTls.put(start, folder));
    variables.put("HARNESS_ID", start.workerId());
    variables.put("PIPELINE_OPTIONS_FILE", options.toString());
    return variables;
  }
}
