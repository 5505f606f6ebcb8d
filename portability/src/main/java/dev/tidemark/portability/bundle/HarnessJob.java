package dev.tidemark.portability.bundle;

import java.util.function.Consumer;

/**
 * What all bundles of a job share.
 *
 * <p>Thread-safe.
 *
 * @param settings limits
 * @param metrics what bundles that are under way have counted
 * @param warnings takes what the author of the job should know, from any thread; must not block
 * @param samples whether the job has its SDKs keep elements, to show those that functions fail on
 */
public record HarnessJob(
    HarnessSettings settings, MetricsInHand metrics, Consumer<String> warnings, boolean samples) {}
