package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution.End;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each test runs a program in a JVM of its own, since it is the exit status that matters. */
@Timeout(120)
class UnattendedFailureTest {

  private record Ended(int status, String output) {}

  private static Ended program(String scenario) throws IOException, InterruptedException {
    Process process = ChildJvm.of(Program.class, scenario).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), output);
  }

  @Test
  void aFailureThatNobodyWaitsForGivesTheProcessAStatus() throws Exception {
    Ended ended = program("leave");
    assertThat(ended.status()).as(ended.output()).isEqualTo(1);
    assertThat(ended.output())
        .contains("Transform A/B failed: java.lang.IllegalStateException: boom")
        .contains("at dev.tidemark.runner.job.UnattendedFailureTest$Program.main")
        .contains("exit status 1");
  }

  @Test
  void soItDoesAfterAWaitThatWasTooShort() throws Exception {
    assertThat(program("wait a little").status()).isEqualTo(1);
  }

  @Test
  void aFailureThatTheProgramHandledIsItsOwnAffair() throws Exception {
    Ended ended = program("handle");
    assertThat(ended.output()).isEqualTo("handled" + System.lineSeparator());
    assertThat(ended.status()).isZero();
    assertThat(program("ask for the state").status()).isZero();
  }

  @Test
  void aHostApplicationIsNotKilled() throws Exception {
    Ended ended = program("serve");
    assertThat(ended.output()).contains("served to the end");
    assertThat(ended.status()).isEqualTo(1);
  }

  @Test
  void aSuccessThatNobodyWaitsForIsASuccess() throws Exception {
    Ended ended = program("succeed");
    assertThat(ended.output()).isEmpty();
    assertThat(ended.status()).isZero();
  }

  /** The programs. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws Exception {
      FakeExecution execution = new FakeExecution();
      End failed = new End.Failed("A/B", new IllegalStateException("boom"));
      TidemarkPipelineResult result =
          new TidemarkRunner(
                  PipelineOptionsFactory.create(),
                  proto -> Graphs.bounded(),
                  (graph, options, loader, store) -> execution)
              .run(Pipeline.create());
      switch (arguments[0]) {
        case "leave" -> endLater(execution, failed);
        case "wait a little" -> {
          result.waitUntilFinish(Duration.millis(5));
          endLater(execution, failed);
        }
        case "handle" -> {
          execution.end(failed);
          try {
            result.waitUntilFinish();
          } catch (JobFailedException e) {
            System.out.println("handled");
          }
        }
        case "ask for the state" -> {
          execution.end(failed);
          while (!result.getState().isTerminal()) {
            Thread.onSpinWait();
          }
        }
        case "serve" -> {
          execution.end(failed);
          new Thread(Program::serve).start();
        }
        case "succeed" -> endLater(execution, new End.Done());
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    }

    /** As the threads of a job would: main may be gone by then. */
    private static void endLater(FakeExecution execution, End end) {
      new Thread(() -> execution.end(end)).start();
    }

    private static void serve() {
      try {
        Thread.sleep(1500);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      System.out.println("served to the end");
    }
  }
}
