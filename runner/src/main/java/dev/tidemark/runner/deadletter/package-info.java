/**
 * Elements whose processing fails again and again: how often they did, the file to which they are
 * given up, and which are left out from then on.
 */
@NullMarked
package dev.tidemark.runner.deadletter;

import org.jspecify.annotations.NullMarked;
