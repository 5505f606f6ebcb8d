package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.beam.SideInputLookup;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An item handed to a worker.
 *
 * <p>Thread-safe.
 *
 * @param key the item's
 * @param encoded the item, so that the worker has objects of its own
 * @param truncate whether to truncate its restriction first
 * @param sideInputs reads the side inputs as they were when it was handed over
 * @param waiting how many slices of it have not been taken yet
 */
record ItemTask(
    Key key, byte[] encoded, boolean truncate, SideInputLookup sideInputs, AtomicInteger waiting) {}
