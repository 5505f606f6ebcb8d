package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.ImageMap;
import dev.tidemark.portability.environment.process.ChildVariables;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the operator allows and provides. Clients name commands, endpoints and images; only what is
 * listed here is started or called.
 *
 * <p>Immutable.
 *
 * @param workFolder where each worker has its folder; made if need be
 * @param cacheFolder where virtual environments are kept between jobs; made if need be
 * @param variables what child processes see of the server's environment
 * @param commands patterns of the commands that PROCESS environments may run
 * @param pools patterns of the {@code host:port} of worker pools that may be called
 * @param images which launcher stands for a container image
 * @param unmappedImages whether a Docker engine, if there is one, runs images that {@code images}
 *     does not know
 * @param jars what Java workers need of ours
 * @param javaHomes other JDKs, by their feature version
 * @param javaHeapBytes the largest heap of a Java worker
 * @param pythonExtras what to install of {@code apache-beam} besides, as {@code gcp}; may be empty
 */
public record LaunchSettings(
    Path workFolder,
    Path cacheFolder,
    ChildVariables variables,
    List<String> commands,
    List<String> pools,
    ImageMap images,
    boolean unmappedImages,
    HarnessJars jars,
    Map<Integer, Path> javaHomes,
    long javaHeapBytes,
    String pythonExtras) {

  /** Any command, for servers that only this machine's users can reach. */
  public static final List<String> ANY_COMMAND = List.of("*");

  /** Worker pools on this machine, for servers that only its users can reach. */
  public static final List<String> LOOPBACK_POOLS =
      List.of("localhost:*", "127.0.0.1:*", "[::1]:*");

  /** Copies the lists. */
  public LaunchSettings {
    commands = List.copyOf(commands);
    pools = List.copyOf(pools);
    javaHomes = Map.copyOf(javaHomes);
  }

  /**
   * What holds where nobody configures anything.
   *
   * @param loopback whether the server is reached from this machine only; otherwise clients can
   *     start nothing
   */
  public static LaunchSettings standard(
      Path workFolder, Path cacheFolder, HarnessJars jars, boolean loopback) {
    return new LaunchSettings(
        workFolder,
        cacheFolder,
        new ChildVariables(System.getenv(), Set.of()),
        loopback ? ANY_COMMAND : List.of(),
        loopback ? LOOPBACK_POOLS : List.of(),
        new ImageMap(loopback ? ImageMap.DEFAULTS : List.of()),
        loopback,
        jars,
        Map.of(),
        Math.max(256L << 20, Runtime.getRuntime().maxMemory() / 2),
        "");
  }
}
