/**
 * The services that SDK harnesses call, on one port for all: provision, control, data, state,
 * logging and worker status. A worker's id is its token.
 */
@NullMarked
package dev.tidemark.portability.fn;

import org.jspecify.annotations.NullMarked;
