/**
 * Beam's expansion service: Java transforms for pipelines in other languages. The expansion itself
 * runs in a process of its own; here are the service, the process's keeper, and the files of the
 * class path, which clients fetch for the workers of what was expanded.
 */
@NullMarked
package dev.tidemark.portability.expansion;

import org.jspecify.annotations.NullMarked;
