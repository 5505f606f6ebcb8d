package dev.tidemark.portability.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.job.JobClient;
import dev.tidemark.portability.job.JobEnd;
import dev.tidemark.portability.job.JobLimits;
import dev.tidemark.portability.job.JobRegistry;
import dev.tidemark.portability.job.ScriptedJobs;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a server may go because nobody needs it. */
final class IdleServerTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void aServerIsIdleSomeTimeAfterItsLastJob(@TempDir Path folder) throws Exception {
    ScriptedJobs executions = new ScriptedJobs();
    try (RunningServer server = new RunningServer(executions, JobLimits.defaults(), folder);
        JobClient client = server.client()) {
      JobRegistry jobs = server.server().registry();
      assertThat(jobs.idleFor(MINUTE)).isFalse();
      server.clock.advance(MINUTE);
      assertThat(jobs.idleFor(MINUTE)).isTrue();

      client.submit();
      ScriptedJobs.Run run = executions.next();
      server.clock.advance(HOUR);
      assertThat(jobs.idleFor(MINUTE)).as("a job is under way").isFalse();

      run.listener().ended(new JobEnd.Done());
      assertThat(jobs.idleFor(MINUTE)).isFalse();
      server.clock.advance(MINUTE);
      assertThat(jobs.idleFor(MINUTE)).isTrue();
    }
  }
}
