/** Jobs whose processes are killed again and again, and what is there in the end. */
@NullMarked
package dev.tidemark.runner.kill;

import org.jspecify.annotations.NullMarked;
