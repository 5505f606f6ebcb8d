/**
 * Where durable jobs keep their state: directories with a version, used by one process at a time,
 * and the folder of the user in which those lie that nobody gave a place.
 *
 * <pre>
 *   VERSION      what this is, and the version of the format
 *   LOCK         locked by the operating system as long as a process uses the directory
 *   OWNER        which process that is, for messages
 *   store/       the committed state, see dev.tidemark.runner.state.rocks
 *   snapshots/   copies of it, each in a folder of its name
 *   requests/    by which other processes ask the job for a copy
 *   dead-letters.json   elements that the job has left out, if it was asked to
 * </pre>
 */
@NullMarked
package dev.tidemark.runner.state.directory;

import org.jspecify.annotations.NullMarked;
