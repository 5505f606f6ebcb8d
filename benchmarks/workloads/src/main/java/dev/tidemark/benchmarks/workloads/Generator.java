package dev.tidemark.benchmarks.workloads;

import java.io.Serializable;

/** Makes the element of a number, from 0 on; the same each time. Any thread. */
interface Generator<T> extends Serializable {
  T element(long index);
}
