/**
 * Child processes: each in a process group and with an environment of its own, its output drained,
 * and ended with all it has started when the server asks for it or is gone.
 */
@NullMarked
package dev.tidemark.portability.environment.process;

import org.jspecify.annotations.NullMarked;
