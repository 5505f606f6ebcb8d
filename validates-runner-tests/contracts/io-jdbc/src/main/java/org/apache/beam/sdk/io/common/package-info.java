/**
 * Stands in for what the JDBC tests take from Beam's module {@code beam-sdks-java-io-common}, which
 * is not published: written from how the tests call it.
 */
@NullMarked
package org.apache.beam.sdk.io.common;

import org.jspecify.annotations.NullMarked;
