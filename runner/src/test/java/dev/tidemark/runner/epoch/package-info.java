/** Tests of the epoch loop, and a driver that runs pipelines epoch by epoch. */
@NullMarked
package dev.tidemark.runner.epoch;

import org.jspecify.annotations.NullMarked;
