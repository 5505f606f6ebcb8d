/**
 * A Java job in a JVM of its own, which a job server starts with the job's files as class path: the
 * server itself never loads what clients send.
 *
 * <p>Speaks gRPC as Beam brings it along, in packages of its own, so that nothing comes in the way
 * of what the job uses.
 */
@NullMarked
package dev.tidemark.runner.job.jvm;

import org.jspecify.annotations.NullMarked;
