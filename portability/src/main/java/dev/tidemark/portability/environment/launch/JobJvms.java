package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.ImageMap;
import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.environment.process.ChildCommand;
import dev.tidemark.portability.environment.process.ChildProcess;
import dev.tidemark.portability.environment.process.PrivateFolder;
import dev.tidemark.portability.id.RandomIds;
import dev.tidemark.runner.job.jvm.JobJvm;
import dev.tidemark.runner.job.remote.RemoteEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/**
 * Starts JVMs that run a Java job as a whole. Their class path is what the client has staged, our
 * runner among it, and nothing of the server's: the job runs with the classes it was made with.
 *
 * <p>Thread-safe.
 */
public final class JobJvms {
  private static final String LAUNCHER = "java";

  /** How long a JVM may take to end by itself. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final LaunchSettings settings;
  private final RandomIds tokens = new RandomIds();

  /**
   * Where a job keeps its state.
   *
   * @param directory may not be there yet
   * @param snapshot the folder of the snapshot that it begins with
   */
  public record State(Path directory, Optional<Path> snapshot) {
    private List<String> lines() {
      return Stream.concat(Stream.of(directory), snapshot.stream()).map(Path::toString).toList();
    }
  }

  /** JVMs that keep to the operator's settings. */
  public JobJvms(LaunchSettings settings) {
    this.settings = settings;
  }

  /**
   * The environment of a pipeline, if it is the only one (which a read of a Java source need not
   * name), asks for a JVM of its own, and the image map has its image run by the launcher {@code
   * java}; empty for every other pipeline.
   */
  public Optional<String> environment(RunnerApi.Pipeline pipeline) {
    RunnerApi.Components components = pipeline.getComponents();
    if (components.getEnvironmentsCount() != 1) {
      return Optional.empty();
    }
    Map.Entry<String, RunnerApi.Environment> only =
        components.getEnvironmentsMap().entrySet().iterator().next();
    RunnerApi.Environment environment = only.getValue();
    String image = Payloads.image(environment);
    boolean mapped =
        settings.images().of(image).filter(to -> to.launcher().equals(LAUNCHER)).isPresent();
    return mapped && environment.getCapabilitiesList().contains(RemoteEnvironment.CAPABILITY)
        ? Optional.of(only.getKey())
        : Optional.empty();
  }

  /**
   * Starts a JVM, which waits to be asked for the job.
   *
   * @param environmentId see {@link #environment}
   * @param artifacts what is staged for it
   * @param options the job's
   * @param state where it keeps its state, if anywhere
   * @param output takes each line that the JVM writes; must not throw
   */
  public RunningJobJvm start(
      RunnerApi.Pipeline pipeline,
      String environmentId,
      List<StagedFile> artifacts,
      Struct options,
      Optional<State> state,
      Consumer<? super String> output)
      throws LaunchException {
    String image = Payloads.image(pipeline.getComponents().getEnvironmentsOrThrow(environmentId));
    JavaHomes homes =
        JavaHomes.of(
            settings.javaHomes(), settings.images().of(image).flatMap(JobJvms::home).orElse(null));
    Path folder = null;
    boolean started = false;
    try {
      folder = PrivateFolder.create(settings.workFolder(), "job-");
      List<Path> classPath = StagedFiles.put(artifacts, folder.resolve("staged"));
      Path scratch = PrivateFolder.ensure(folder.resolve(JobJvm.SCRATCH_FOLDER));
      String token = tokens.next();
      Files.write(folder.resolve(JobJvm.PIPELINE_FILE), pipeline.toByteArray());
      Files.write(folder.resolve(JobJvm.OPTIONS_FILE), options.toByteArray());
      Files.writeString(folder.resolve(JobJvm.TOKEN_FILE), token);
      if (state.isPresent()) {
        Files.write(folder.resolve(JobJvm.STATE_FILE), state.get().lines());
      }
      JavaCommand java =
          new JavaCommand(homes.java(image), settings.javaHeapBytes(), Optional.empty());
      Map<String, String> variables = new HashMap<>(settings.variables().forWorker());
      variables.put("TMPDIR", scratch.toString());
      List<String> arguments = java.of(JobJvm.class.getName(), classPath, folder, options);
      arguments.add(folder.toString());
      RunningJobJvm jvm = new RunningJobJvm(token, output);
      jvm.runs(
          ChildProcess.start(
              new ChildCommand("the job's JVM", arguments, variables, folder, folder),
              GRACE,
              jvm::line));
      started = true;
      return jvm;
    } catch (IOException e) {
      throw new LaunchException("a JVM for the job cannot be started: " + e.getMessage(), e);
    } finally {
      if (!started && folder != null) {
        WorkerProcess.removeQuietly(folder);
      }
    }
  }

  /** The JDK that the image map gives; empty if it gives none. */
  private static Optional<String> home(ImageMap.Target target) {
    return Optional.ofNullable(target.argument());
  }
}
