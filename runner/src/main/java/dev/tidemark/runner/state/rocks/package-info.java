/**
 * The durable {@link dev.tidemark.runner.state.StateStore}, on RocksDB: the only package that knows
 * it.
 *
 * <p>A store is a folder of RocksDB's with two column families. {@code default} has the entries of
 * the store under their own keys; {@code manifest} has {@code e}, the last epoch (8 bytes), and for
 * each entry of the manifest {@code m} and its name. A commit is one synced write batch over both.
 * Beside RocksDB's files lies {@code COMMITTED}, see {@link
 * dev.tidemark.runner.state.rocks.CommittedMark}.
 */
@NullMarked
package dev.tidemark.runner.state.rocks;

import org.jspecify.annotations.NullMarked;
