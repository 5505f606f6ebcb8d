/** Tests of the launcher, and {@link dev.tidemark.suite.BeamSuiteTest}, which runs the suite. */
@NullMarked
package dev.tidemark.suite;

import org.jspecify.annotations.NullMarked;
