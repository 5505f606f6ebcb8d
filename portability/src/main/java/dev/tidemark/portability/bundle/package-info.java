/**
 * Runs the nodes of harness stages as bundles of SDK workers: descriptors, elements, state, timers
 * and side inputs. No gRPC here.
 */
@NullMarked
package dev.tidemark.portability.bundle;

import org.jspecify.annotations.NullMarked;
