/**
 * What the server adds to the class path of Java workers. It is loaded there, beside Beam's
 * harness, and never used in the server.
 */
@NullMarked
package dev.tidemark.portability.javaworker;

import org.jspecify.annotations.NullMarked;
