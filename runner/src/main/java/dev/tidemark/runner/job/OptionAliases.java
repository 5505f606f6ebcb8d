package dev.tidemark.runner.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Folds options given under another runner's name into Tidemark's own.
 *
 * <p>Works on the options as JSON, so that it does not matter which interface declared a name.
 */
final class OptionAliases {
  private static final List<Alias> ALIASES =
      List.of(
          new Alias(
              "parallelism",
              "lanes",
              (options, value) -> options.setLanes(Math.toIntExact(value)),
              TidemarkOptions::getLanes),
          new Alias(
              "maxParallelism",
              "keyGroups",
              (options, value) -> options.setKeyGroups(Math.toIntExact(value)),
              TidemarkOptions::getKeyGroups),
          new Alias(
              "maxBundleSize",
              "maxBundleElements",
              TidemarkOptions::setMaxBundleElements,
              TidemarkOptions::getMaxBundleElements),
          new Alias(
              "maxBundleTimeMills",
              "maxBundleMillis",
              TidemarkOptions::setMaxBundleMillis,
              TidemarkOptions::getMaxBundleMillis));

  private OptionAliases() {}

  /**
   * Sets in {@code options} what {@code given} holds under another name.
   *
   * @param options the options to complete
   * @param given the same options as a JSON object of those that were set
   * @throws InvalidOptionException if both names are given and disagree
   */
  static void fold(TidemarkOptions options, JsonNode given) {
    for (Alias alias : ALIASES) {
      Long value = number(given.get(alias.name));
      if (value == null || value == -1) {
        continue;
      }
      if (number(given.get(alias.own)) != null && alias.getter.applyAsLong(options) != value) {
        throw new InvalidOptionException(
            String.format(
                "--%s=%d and --%s=%d are two names for the same thing: give only one of them.",
                alias.name, value, alias.own, alias.getter.applyAsLong(options)));
      }
      alias.setter.accept(options, value);
    }
  }

  private static @Nullable Long number(@Nullable JsonNode node) {
    return node == null || !node.isIntegralNumber() ? null : node.longValue();
  }

  private record Alias(
      String name,
      String own,
      BiConsumer<TidemarkOptions, Long> setter,
      ToLongFunction<TidemarkOptions> getter) {}
}
