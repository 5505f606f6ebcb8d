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

  /** Decides a sequential schedule; null: lanes run at the same time, as users have it. */
  @Description(
      "Runs everything in a pipeline one after the other on one thread: the lanes in an order that "
          + "this number decides, and splittable functions, which otherwise poll on threads of "
          + "their own, among them. For functions that meet outside of the pipeline, as in files. "
          + "With --adversarialSeed, which does so as well, that number decides.")
  @Nullable Long getSequentialSeed();

  void setSequentialSeed(@Nullable Long seed);
}
