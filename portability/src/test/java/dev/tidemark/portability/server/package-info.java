/** Tests of the job server as a whole. */
@NullMarked
package dev.tidemark.portability.server;

import org.jspecify.annotations.NullMarked;
