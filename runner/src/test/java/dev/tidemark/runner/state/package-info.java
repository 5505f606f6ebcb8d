/** Tests of the package of the same name. */
@NullMarked
package dev.tidemark.runner.state;

import org.jspecify.annotations.NullMarked;
