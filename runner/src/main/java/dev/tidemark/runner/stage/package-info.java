/**
 * The contract between the operators of a stage and the host that runs them.
 *
 * <p>A host (the embedded micro-batch executor, a test double, later a Flink operator) gives each
 * stage and lane one {@link dev.tidemark.runner.stage.StageProcessor}, feeds it elements and
 * watermarks and takes its outputs. Everything here is single-threaded per lane. Nothing here may
 * assume short epochs, a global sweep, one watermark call per epoch, or access to the keys of other
 * lanes.
 *
 * <p>May depend on {@code exchange}, {@code progress}, {@code metrics} and {@code
 * translation.graph}; never on {@code epoch}, {@code schedule}, {@code source} or a concrete state
 * store.
 */
@NullMarked
package dev.tidemark.runner.stage;

import org.jspecify.annotations.NullMarked;
