/** Hand-written doubles of what a host gives a processor. */
@NullMarked
package dev.tidemark.runner.stage.stub;

import org.jspecify.annotations.NullMarked;
