/** Tests of the package of the same name. */
@NullMarked
package dev.tidemark.runner.state.directory;

import org.jspecify.annotations.NullMarked;
