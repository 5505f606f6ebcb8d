/**
 * Which element a function failed with, so that it can be told apart in another run, and left out
 * there.
 */
@NullMarked
package dev.tidemark.runner.stage.failing;

import org.jspecify.annotations.NullMarked;
