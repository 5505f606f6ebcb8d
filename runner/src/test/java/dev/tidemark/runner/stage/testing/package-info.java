/**
 * A second host for the operators, that has nothing in common with the embedded executor: it runs
 * one operator over plain collections, under many schedules, and compares what comes out.
 */
@NullMarked
package dev.tidemark.runner.stage.testing;

import org.jspecify.annotations.NullMarked;
