package dev.tidemark.portability.server;

import dev.tidemark.portability.environment.process.ChildVariables;
import dev.tidemark.portability.expansion.ExpansionJars;
import dev.tidemark.portability.expansion.ExpansionService;
import dev.tidemark.portability.expansion.ExpansionSettings;
import dev.tidemark.portability.grpc.GrpcServer;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.id.RandomIds;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the expansion service. */
final class ExpansionOptions {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Option(
      names = "--expansion-port",
      paramLabel = "<port>",
      description =
          "Where to offer Java transforms to other SDKs; 0 picks a port. Default: nowhere.")
  private @Nullable Integer port;

  @Option(
      names = "--expansion-class-path",
      paramLabel = "<path>",
      description =
          "Jars, and folders of jars, with these transforms and all they need, besides Beam's core.")
  private String classPath = "";

  @Option(
      names = "--expansion-allow-classes",
      paramLabel = "<file>",
      description =
          "Says which classes clients may build transforms from by name, as Beam's option "
              + "--javaClassLookupAllowlistFile does. Default: none.")
  private @Nullable Path allowedClasses;

  @Option(
      names = "--expansion-process-mb",
      paramLabel = "<MB>",
      description = "The largest heap of the process that expands. Default: ${DEFAULT-VALUE}.")
  private long processMb = 512;

  @Option(
      names = "--max-expansion-mb",
      paramLabel = "<MB>",
      description =
          "How large a request to expand and its answer may be. Default: ${DEFAULT-VALUE}.")
  private int maxMb = 64;

  /** A running expansion service; closing it ends its process. */
  record Running(GrpcServer server, ExpansionService service) implements AutoCloseable {
    @Override
    public void close() {
      service.close();
      server.close();
    }
  }

  /**
   * Starts to listen, if a port was asked for; like the job server, but for the port.
   *
   * @throws InvalidServerOptionException if an option makes no sense
   * @throws IOException if the port is taken
   */
  Optional<Running> start(JobServerSettings jobs, Path workFolder)
      throws InvalidServerOptionException, IOException {
    if (port == null) {
      return Optional.empty();
    }
    if (maxMb < 1 || maxMb > 1024 || port < 0 || port > 65_535 || processMb < 1) {
      throw new InvalidServerOptionException(
          "--expansion-port must be from 0 to 65535, --max-expansion-mb from 1 to 1024, "
              + "--expansion-process-mb at least 1.");
    }
    ExpansionService service = new ExpansionService(settings(workFolder), new RandomIds()::next);
    ServerSettings listener =
        jobs.listener().at(jobs.listener().host(), port).withMaxMessageBytes(maxMb << 20);
    return Optional.of(new Running(GrpcServer.start(listener, service.services()), service));
  }

  private ExpansionSettings settings(Path workFolder) throws InvalidServerOptionException {
    // Without ./tidemark, in one jar with all, the expansion service is for the operator to name.
    ExpansionJars jars =
        ExpansionJars.of(
            System.getProperty("tidemark.expansion", System.getProperty("java.class.path")));
    try {
      return new ExpansionSettings(
          jars.with(
              Stream.of(classPath.split(File.pathSeparator)).filter(s -> !s.isEmpty()).toList()),
          jars.program(),
          workFolder,
          new ChildVariables(System.getenv(), Set.of()),
          processMb << 20,
          maxMb << 20,
          LIMIT,
          allowed());
    } catch (IOException e) {
      throw new InvalidServerOptionException("--expansion-class-path: " + e.getMessage());
    }
  }

  private List<String> allowed() throws InvalidServerOptionException {
    if (allowedClasses == null) {
      return List.of();
    }
    if (!Files.isReadable(allowedClasses)) {
      throw new InvalidServerOptionException(
          "--expansion-allow-classes=" + allowedClasses + " cannot be read.");
    }
    return List.of("--javaClassLookupAllowlistFile=" + allowedClasses.toAbsolutePath());
  }
}
