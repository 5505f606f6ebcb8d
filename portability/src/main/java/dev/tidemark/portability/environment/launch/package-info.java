/**
 * The ways to start a worker: a client's worker pool, a process that the client names, and, in
 * place of a container image, a Java, Python or Go process on this machine, or a Docker engine.
 */
@NullMarked
package dev.tidemark.portability.environment.launch;

import org.jspecify.annotations.NullMarked;
