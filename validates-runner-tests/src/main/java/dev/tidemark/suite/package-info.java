/**
 * Runs Beam's published runner tests against a runner, in JVMs of their own, and counts the
 * outcomes.
 *
 * <p>{@link dev.tidemark.suite.SuiteMain} is the command line; {@link dev.tidemark.suite.SuiteRun}
 * is the same for a caller in this JVM. The tests are found by {@link dev.tidemark.suite.Discovery}
 * in the tests jars on the class path, so any Beam version will do; the parent ({@link
 * dev.tidemark.suite.WorkerPool}) hands classes to forked workers ({@link
 * dev.tidemark.suite.WorkerMain}), which survive neither a hanging test nor a crash and are then
 * replaced. Depends on JUnit 4 and Beam's test jars, and on nothing of Tidemark: the runner under
 * test is named by an option.
 */
@NullMarked
package dev.tidemark.suite;

import org.jspecify.annotations.NullMarked;
