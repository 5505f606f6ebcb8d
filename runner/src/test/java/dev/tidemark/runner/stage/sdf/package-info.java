/** Tests of the processors of splittable functions, over hand-written functions. */
@NullMarked
package dev.tidemark.runner.stage.sdf;

import org.jspecify.annotations.NullMarked;
