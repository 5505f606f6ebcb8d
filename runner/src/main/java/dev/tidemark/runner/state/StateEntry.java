package dev.tidemark.runner.state;

/**
 * One entry of a {@link StateStore}.
 *
 * <p>Immutable.
 */
public record StateEntry(Bytes key, Bytes value) {}
