/** Ids that are as good as a password. */
@NullMarked
package dev.tidemark.portability.id;

import org.jspecify.annotations.NullMarked;
