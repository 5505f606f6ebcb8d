/** Tests of the package of the same name. */
@NullMarked
package dev.tidemark.runner.progress;

import org.jspecify.annotations.NullMarked;
