package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution.End;
import java.io.BufferedReader;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a running job when its JVM is told to end. */
@Timeout(120)
class ShutdownTest {

  private static String outputAfterTermination(String... arguments) throws Exception {
    Process process = ChildJvm.of(Program.class, arguments).start();
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("running");
      process.toHandle().destroy(); // Process.destroy would close its output as well
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
      return String.join("|", output.lines().toList());
    }
  }

  @Test
  void theJobIsCancelledAndCleansUp() throws Exception {
    assertThat(outputAfterTermination()).isEqualTo("cancelled|cleaned up");
  }

  @Test
  void aJobThatDoesNotEndIsNotWaitedForForever() throws Exception {
    assertThat(outputAfterTermination("--shutdownMillis=50", "stubborn"))
        .startsWith("cancelled")
        .doesNotContain("cleaned up");
  }

  @Test
  void thereMayBeNoWaitAtAll() throws Exception {
    assertThat(outputAfterTermination("--shutdownMillis=0")).isEmpty();
  }

  /** The program: its job ends only when it is cancelled. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      boolean stubborn = List.of(arguments).contains("stubborn");
      FakeExecution execution = new FakeExecution();
      execution.onCancel =
          () -> {
            System.out.println("cancelled");
            if (!stubborn) {
              System.out.println("cleaned up");
              execution.end(new End.Cancelled());
            }
          };
      new TidemarkRunner(
              PipelineOptionsFactory.fromArgs(
                      List.of(arguments).stream()
                          .filter(argument -> argument.startsWith("--"))
                          .toArray(String[]::new))
                  .create(),
              proto -> Graphs.bounded(),
              (graph, options, loader, store) -> execution)
          .run(Pipeline.create());
      System.out.println("running");
    }
  }
}
