@NullMarked
package dev.tidemark.runner.deadletter;

import org.jspecify.annotations.NullMarked;
