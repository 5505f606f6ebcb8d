/**
 * Processes whose every operation on their files is seen, and may be their last one; disks as a
 * loss of power leaves them.
 */
@NullMarked
package dev.tidemark.runner.faults;

import org.jspecify.annotations.NullMarked;
