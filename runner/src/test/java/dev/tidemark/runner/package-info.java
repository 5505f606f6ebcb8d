/** What the tests of several packages use, and the rules between packages. */
@NullMarked
package dev.tidemark.runner;

import org.jspecify.annotations.NullMarked;
