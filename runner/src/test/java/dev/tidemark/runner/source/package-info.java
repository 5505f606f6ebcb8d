/** Tests of the sources, over hand-written sources with known answers. */
@NullMarked
package dev.tidemark.runner.source;

import org.jspecify.annotations.NullMarked;
