package dev.tidemark.runner.stage;

import org.apache.beam.sdk.state.TimeDomain;

/**
 * A timer of one node and key.
 *
 * <p>Immutable. A timer is identified by key, namespace, family, id and domain; setting it again
 * replaces it.
 *
 * @param key whose timer it is
 * @param namespace the window (or other namespace) it belongs to, in the string form of Beam's
 *     {@code StateNamespace}
 * @param family its timer family, or the empty string
 * @param id its name
 * @param domain in which time domain it fires
 * @param timestampMillis when it fires
 * @param outputTimestampMillis the timestamp of what it emits; holds the output watermark until
 *     then
 */
public record TimerRecord(
    Key key,
    String namespace,
    String family,
    String id,
    TimeDomain domain,
    long timestampMillis,
    long outputTimestampMillis) {}
