/** Tests of the durable store. */
@NullMarked
package dev.tidemark.runner.state.rocks;

import org.jspecify.annotations.NullMarked;
