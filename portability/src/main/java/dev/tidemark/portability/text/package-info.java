/** Texts of others, kept short enough to be passed on. */
@NullMarked
package dev.tidemark.portability.text;

import org.jspecify.annotations.NullMarked;
