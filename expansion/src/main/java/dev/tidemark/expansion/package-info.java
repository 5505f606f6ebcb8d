/**
 * The program of the process that expands transforms. It runs Java code that clients choose on
 * arguments that they send, so nothing here is for the server's own JVM; its class path is the
 * operator's, with these few classes at the end.
 */
@NullMarked
package dev.tidemark.expansion;

import org.jspecify.annotations.NullMarked;
