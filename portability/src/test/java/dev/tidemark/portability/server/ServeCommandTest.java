package dev.tidemark.portability.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.job.JobClient;
import dev.tidemark.portability.job.ScriptedJobs;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command line of the server, and its process. */
final class ServeCommandTest {
  private final Path folder;

  ServeCommandTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aProcessServesUntilItIsToldToEnd() throws Exception {
    Path config = Files.writeString(folder.resolve("server.properties"), "job-port = 0\n");
    Path artifacts = folder.resolve("artifacts");
    Process process =
        serve("--config=" + config, "--artifacts-dir=" + artifacts, "--expansion-port=0");
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      assertThat(line).startsWith("Tidemark listens for jobs at localhost:");
      assertThat(out.readLine())
          .startsWith("Tidemark expands Java transforms at localhost:")
          .doesNotEndWith(":0");
      String endpoint = line.substring(line.lastIndexOf(' ') + 1);
      assertThat(endpoint).isNotEqualTo("localhost:8099");
      Pipeline pipeline = Pipeline.create();
      pipeline.apply(Impulse.create());
      try (JobClient client = new JobClient(endpoint)) {
        String job = client.run(client.prepare(PipelineTranslation.toProto(pipeline)));
        List<JobApi.JobMessagesResponse> messages = client.messages(job);
        assertThat(messages.get(messages.size() - 1).getStateResponse().getState())
            .isEqualTo(JobApi.JobState.Enum.DONE);
      }
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process serve(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Tidemark.class.getName(), "serve"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  @Test
  void plaintextForOtherMachinesHasToBeAllowed() {
    assertThat(Tidemark.run(scripted(), "serve", "--job-host=0.0.0.0")).isEqualTo(2);
  }

  @Test
  void whatMakesNoSenseIsRefused() throws Exception {
    Path config = Files.writeString(folder.resolve("server.properties"), "job-prot = 0\n");
    List<String[]> commands =
        List.of(
            new String[] {"serve", "--config=" + config},
            new String[] {"serve", "--config", folder.resolve("missing").toString()},
            new String[] {"serve", "--job-port=70000"},
            new String[] {"serve", "--job-host=no.such.host.invalid"},
            new String[] {"serve", "--tls-key=" + config},
            new String[] {"serve", "--token-file=" + folder.resolve("missing")},
            new String[] {"serve", "--nonsense"},
            new String[] {"nonsense"},
            new String[] {});
    PrintStream console = System.err;
    System.setErr(new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8));
    try {
      for (String[] command : commands) {
        assertThat(Tidemark.run(scripted(), command))
            .as(List.of(command).toString())
            .isEqualTo(CommandLine.ExitCode.USAGE);
      }
    } finally {
      System.setErr(console);
    }
  }

  private static JobHost scripted() {
    return (options, settings, states) -> new JobHost.Hosted(new ScriptedJobs(), () -> {});
  }
}
