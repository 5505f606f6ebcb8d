/**
 * What the state of a job was written by, in words that are the same whenever the same program is
 * run: names, coders by their classes and components, schemas by their fields, windowing. Kept in
 * the store; compared with the pipeline that is to go on from it.
 *
 * <p>Never serialized bytes or generated ids: they differ between two runs of one program.
 */
@NullMarked
package dev.tidemark.runner.state.description;

import org.jspecify.annotations.NullMarked;
