/** Tests of the module as a whole. */
@NullMarked
package dev.tidemark.portability;

import org.jspecify.annotations.NullMarked;
