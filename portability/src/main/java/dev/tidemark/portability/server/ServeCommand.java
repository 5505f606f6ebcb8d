package dev.tidemark.portability.server;

import dev.tidemark.portability.job.JobRegistry;
import dev.tidemark.runner.state.directory.StateHome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark serve}: listens for jobs until the process is told to end. */
@Command(
    name = "serve",
    description = "Listens for jobs of every Beam SDK, until it is told to end (Ctrl-C).",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  private static final int IDLE_CHECK_SECONDS = 10;

  private final JobHost host;
  private final CountDownLatch end = new CountDownLatch(1);

  @Mixin private ServerOptions options = new ServerOptions();

  @Mixin private WorkerOptions workers = new WorkerOptions();

  @Mixin private ExpansionOptions expansion = new ExpansionOptions();

  @Option(
      names = "--state-home",
      paramLabel = "<folder>",
      description =
          "The folder in which jobs keep their state that give it a name (--stateName). Default: "
              + "tidemark/jobs in the user's data folder.")
  private @Nullable Path stateHome;

  @Option(
      names = "--config",
      paramLabel = "<file>",
      description = "A file with options, a line each: job-port = 8099.")
  @SuppressWarnings("UnusedVariable") // read before the command line is, see Tidemark
  private @Nullable Path config;

  @Option(
      names = "--idle-minutes",
      paramLabel = "<minutes>",
      description = "Ends when there was no job for so long. Default, and with 0: never.")
  private int idleMinutes;

  @Spec private @Nullable CommandSpec spec;

  ServeCommand(JobHost host) {
    this.host = host;
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      JobServerSettings settings = options.settings();
      Optional<ExpansionOptions.Running> expansions =
          expansion.start(settings, workers.workFolder());
      try (JobHost.Hosted hosted = host.open(workers, settings, states())) {
        return serve(settings, hosted, expansions);
      } finally {
        expansions.ifPresent(ExpansionOptions.Running::close);
      }
    } catch (IOException | InvalidServerOptionException e) {
      printer(true).println("error: " + e.getMessage());
      printer(true).flush();
      return 2;
    }
  }

  private StateHome states() {
    return stateHome == null ? StateHome.ofUser() : new StateHome(stateHome.toAbsolutePath());
  }

  private int serve(
      JobServerSettings settings,
      JobHost.Hosted hosted,
      Optional<ExpansionOptions.Running> expansions)
      throws IOException, InterruptedException {
    PrintWriter out = printer(false);
    try (JobServer server =
        JobServer.start(settings, hosted.executions(), InstantSource.system())) {
      Thread hook = new Thread(() -> stop(server), "tidemark-shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      out.println("Tidemark listens for jobs at " + server.endpoint());
      if (!server.artifactEndpoint().equals(server.endpoint())) {
        out.println("Tidemark takes artifacts at " + server.artifactEndpoint());
      }
      expansions.ifPresent(
          running ->
              out.println(
                  "Tidemark expands Java transforms at "
                      + running.server().endpoint(settings.advertisedHost())));
      out.flush();
      awaitEnd(server.registry());
      return 0;
    }
  }

  private void awaitEnd(JobRegistry jobs) throws InterruptedException {
    while (!end.await(IDLE_CHECK_SECONDS, TimeUnit.SECONDS)) {
      if (idleMinutes > 0 && jobs.idleFor(Duration.ofMinutes(idleMinutes))) {
        return;
      }
    }
  }

  private void stop(JobServer server) {
    server.close();
    end.countDown();
  }

  private PrintWriter printer(boolean errors) {
    CommandSpec known = spec;
    if (known == null) {
      return new PrintWriter(errors ? System.err : System.out, true);
    }
    return errors ? known.commandLine().getErr() : known.commandLine().getOut();
  }
}
