/** Tests of the translation as a whole. */
@NullMarked
package dev.tidemark.translation;

import org.jspecify.annotations.NullMarked;
