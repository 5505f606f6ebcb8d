package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.MemoryBudget;
import java.nio.file.Path;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSpillTest {
  private final Path scratch;

  JobSpillTest(@TempDir Path scratch) {
    this.scratch = scratch;
  }

  private JobSpill spill(long megabytes, @Nullable MemoryBudget shared) {
    ExecutionOptions options = PipelineOptionsFactory.as(ExecutionOptions.class);
    options.setMemoryMegabytes(megabytes);
    options.setScratchDir(scratch.toString());
    return JobSpill.create(options, Simulation.NONE, shared);
  }

  @Test
  void aJobThatIsAloneHasWhatItsOptionsSay() {
    MemoryBudget work = spill(40, null).work().budget();
    assertThat(work.tryReserve(38 << 20)).isTrue();
    assertThat(work.tryReserve(2 << 20)).isFalse();
  }

  @Test
  void jobsOfAProcessHaveNoMoreTogetherThanItGivesThem() {
    MemoryBudget shared = new MemoryBudget(50 << 20);
    MemoryBudget first = spill(40, shared).work().budget();
    MemoryBudget second = spill(40, shared).work().budget();
    assertThat(first.tryReserve(38 << 20)).isTrue();
    assertThat(second.tryReserve(13 << 20)).isFalse();
    assertThat(second.tryReserve(12 << 20)).isTrue();
    first.release(38 << 20);
    assertThat(second.tryReserve(13 << 20)).isTrue();
  }
}
