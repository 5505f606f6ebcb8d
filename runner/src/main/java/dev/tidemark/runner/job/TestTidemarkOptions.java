package dev.tidemark.runner.job;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.jspecify.annotations.Nullable;

/** What only {@link TestTidemarkRunner} understands. */
@Hidden
public interface TestTidemarkOptions extends TidemarkOptions {

  /** Decides an adversarial schedule; null: pipelines run as users have them. */
  @Description(
      "Runs pipelines under the worst schedule that is allowed, decided by this number: epochs of "
          + "a few elements, pages of one, bundles of one to three, lanes one at a time in random "
          + "order, state read back from its store between epochs. Not set: as users have it.")
  @Nullable Long getAdversarialSeed();

  void setAdversarialSeed(@Nullable Long seed);
}
