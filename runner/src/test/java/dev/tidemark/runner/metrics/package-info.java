/** Tests of metrics. */
@NullMarked
package dev.tidemark.runner.metrics;

import org.jspecify.annotations.NullMarked;
