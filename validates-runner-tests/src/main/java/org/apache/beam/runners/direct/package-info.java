/** Holds the name under which Beam looks for its default runner, and nothing of Beam's. */
@NullMarked
package org.apache.beam.runners.direct;

import org.jspecify.annotations.NullMarked;
