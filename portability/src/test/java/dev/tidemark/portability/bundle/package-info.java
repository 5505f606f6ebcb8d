/** Tests of bundles against a scripted SDK harness. */
@NullMarked
package dev.tidemark.portability.bundle;

import org.jspecify.annotations.NullMarked;
