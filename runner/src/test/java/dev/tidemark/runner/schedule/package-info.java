/** Tests of the package of the same name. */
@NullMarked
package dev.tidemark.runner.schedule;

import org.jspecify.annotations.NullMarked;
