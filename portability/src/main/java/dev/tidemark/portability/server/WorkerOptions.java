package dev.tidemark.portability.server;

import dev.tidemark.portability.environment.ImageMap;
import dev.tidemark.portability.environment.launch.HarnessJars;
import dev.tidemark.portability.environment.launch.LaunchSettings;
import dev.tidemark.portability.grpc.ServerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how SDK harnesses are started, and where they connect. */
final class WorkerOptions {
  private static final long MEGABYTE = 1L << 20;

  @Option(
      names = "--worker-port",
      paramLabel = "<port>",
      description = "Where SDK harnesses connect, on 127.0.0.1; 0 picks one. Default: 0.")
  private int workerPort;

  @Option(
      names = "--image",
      paramLabel = "<pattern=launcher>",
      description =
          "What runs the functions of a container image instead of Docker: java, python or go, "
              + "for instance 'my/image:*=python'. May be given many times; goes before the map for "
              + "Beam's own images, which holds while only this machine can submit jobs.")
  private List<String> images = new ArrayList<>();

  @Option(
      names = "--allow-command",
      paramLabel = "<pattern>",
      description =
          "Commands that PROCESS environments may run. Default: any while only this machine can "
              + "submit jobs, else none.")
  private @Nullable List<String> commands;

  @Option(
      names = "--allow-worker-pool",
      paramLabel = "<pattern>",
      description =
          "Worker pools, host:port, that EXTERNAL environments may name. Default: those on this "
              + "machine while only it can submit jobs, else none.")
  private @Nullable List<String> pools;

  @Option(
      names = "--java-worker-mb",
      paramLabel = "<MB>",
      description =
          "The largest heap of a Java harness, and of the JVM of a Java job. Default: half of the server's own.")
  private long javaWorkerMb;

  @Option(
      names = "--python-extras",
      paramLabel = "<names>",
      description = "Extras of apache-beam to install in virtual environments, as 'gcp'.")
  private String pythonExtras = "";

  @Option(
      names = "--worker-dir",
      paramLabel = "<folder>",
      description = "The folder for the folders of workers. Default: a temporary one.")
  private @Nullable Path workerDir;

  @Option(
      names = "--cache-dir",
      paramLabel = "<folder>",
      description = "The folder for virtual environments. Default: ~/.cache/tidemark.")
  private @Nullable Path cacheDir;

  @Option(
      names = "--java-home",
      paramLabel = "<version=folder>",
      description = "Another JDK for Java harnesses, by its feature version: 21=/opt/jdk-21.")
  private Map<Integer, Path> javaHomes = new HashMap<>();

  /** How workers and the JVMs of jobs are started. */
  LaunchSettings launching(JobServerSettings settings)
      throws InvalidServerOptionException, IOException {
    boolean loopback = isLoopback(settings.listener().host());
    LaunchSettings standard =
        LaunchSettings.standard(
            workFolder(), cacheDir == null ? userFolder() : cacheDir, harnessJars(), loopback);
    return new LaunchSettings(
        standard.workFolder(),
        standard.cacheFolder(),
        standard.variables(),
        commands == null ? standard.commands() : commands,
        pools == null ? standard.pools() : pools,
        imageMap(loopback),
        standard.unmappedImages(),
        standard.jars(),
        javaHomes,
        javaWorkerMb > 0 ? javaWorkerMb * MEGABYTE : standard.javaHeapBytes(),
        pythonExtras);
  }

  /** The folder for the folders of child processes. */
  Path workFolder() {
    return workerDir == null ? temporary("tidemark-workers-") : workerDir;
  }

  /** Where workers connect: they are processes of this machine, so never from elsewhere. */
  WorkerListeners.Settings listeners(JobServerSettings settings) {
    return new WorkerListeners.Settings(
        ServerSettings.loopback().at("127.0.0.1", workerPort),
        settings.listener().tls() == null ? null : workFolder());
  }

  /** Where ./tidemark has put them; without them no Java harness can be started. */
  private static HarnessJars harnessJars() throws IOException {
    String folder = System.getProperty("tidemark.harness");
    return folder == null
        ? new HarnessJars(List.of(), List.of(), Optional.empty())
        : HarnessJars.in(Path.of(folder));
  }

  private ImageMap imageMap(boolean loopback) throws InvalidServerOptionException {
    List<String> rules = new ArrayList<>(images);
    if (loopback) {
      rules.addAll(ImageMap.DEFAULTS);
    }
    try {
      return new ImageMap(rules);
    } catch (IllegalArgumentException e) {
      throw new InvalidServerOptionException("--image: " + e.getMessage());
    }
  }

  private static boolean isLoopback(String host) throws InvalidServerOptionException {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new InvalidServerOptionException("--job-host=" + host + " is not known here.");
    }
  }

  private static Path temporary(String prefix) {
    return Path.of(System.getProperty("java.io.tmpdir"), prefix + System.getProperty("user.name"));
  }

  private static Path userFolder() {
    return Path.of(System.getProperty("user.home"), ".cache", "tidemark");
  }
}
