/** Tests of what cuts texts. */
@NullMarked
package dev.tidemark.portability.text;

import org.jspecify.annotations.NullMarked;
