/** {@code tidemark serve}: options, and the servers that listen for jobs. */
@NullMarked
package dev.tidemark.portability.server;

import org.jspecify.annotations.NullMarked;
