/** Tests of the package of the same name. */
@NullMarked
package dev.tidemark.runner.state.description;

import org.jspecify.annotations.NullMarked;
