/** Tests of the expansion service with its real process. */
@NullMarked
package dev.tidemark.portability.expansion;

import org.jspecify.annotations.NullMarked;
