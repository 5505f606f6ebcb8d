/** Tests of the Job API over the wire. */
@NullMarked
package dev.tidemark.portability.job;

import org.jspecify.annotations.NullMarked;
