/** Jobs that crash and go on from what they have committed. */
@NullMarked
package dev.tidemark.runner.recovery;

import org.jspecify.annotations.NullMarked;
