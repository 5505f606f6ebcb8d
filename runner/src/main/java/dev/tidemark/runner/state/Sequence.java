package dev.tidemark.runner.state;

/**
 * Orders what was added to a key's state: by epoch, then in the order of the lane.
 *
 * <p>Immutable.
 */
record Sequence(long epoch, long count) implements Comparable<Sequence> {

  static Sequence read(ByteReader in) {
    return new Sequence(in.readCount(), in.readCount());
  }

  void write(ByteWriter out) {
    out.writeCount(epoch);
    out.writeCount(count);
  }

  @Override
  public int compareTo(Sequence other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compare(count, other.count);
  }
}
