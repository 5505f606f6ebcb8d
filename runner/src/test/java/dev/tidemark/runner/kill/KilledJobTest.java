package dev.tidemark.runner.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job whose process is killed goes on where its last commit left it, with other lanes even.
 * {@code ./kill-loop} does it as often as asked.
 */
@Timeout(300)
class KilledJobTest {
  private static final int KILLS = 10;

  @Test
  void nothingIsLostAndNothingIsThereTwice(@TempDir Path folder) throws Exception {
    long seed = Long.getLong("kill.seed", new Random().nextLong());
    System.out.println("Kills: one like it again with ./kill-loop 10 --seed=" + seed);
    KillLoop loop = new KillLoop(folder, seed, System.out::println);
    Outcome outcome = loop.run(loop.ways(KILLS));
    assertThat(outcome.isRight()).as("seed %d: %s", seed, outcome).isTrue();
    assertThat(outcome.lines()).isGreaterThan(1_000);
  }

  @Test
  void whatIsLostOrThereTwiceIsCounted() {
    Map<String, Integer> answer = Map.of("a", 1, "b", 1, "c", 1);
    Outcome outcome = Outcome.compare(Map.of("a", 3, "c", 1, "d", 1), answer);
    assertThat(outcome.lost()).isEqualTo(1);
    assertThat(outcome.duplicated()).isEqualTo(2);
    assertThat(outcome.wrong()).isEqualTo(1);
    assertThat(outcome.isRight()).isFalse();
    assertThat(Outcome.compare(Map.of("a", 1, "b", 1, "c", 1), answer).isRight()).isTrue();
  }
}
