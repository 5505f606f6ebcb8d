package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.ByteChains;
import dev.tidemark.runner.exchange.BytesKeyTable;
import dev.tidemark.runner.exchange.PageBuilder;
import dev.tidemark.runner.exchange.Partitions;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.exchange.SpilledPages;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The encoded values of many groups, in the order in which they came; those of large groups are on
 * disk, up to the last ones.
 *
 * <p>Owned by the lane.
 */
final class GroupValues implements SpillableGroups {
  private static final byte[] NO_FRAME = new byte[0];

  // A group that has so much of the memory is a large one.
  private static final int LARGE = 32;

  private final SpillSpace space;
  private final SegmentCoder valueSegment;
  private final boolean merging;
  private ByteChains chains = new ByteChains();

  // Where groups may be united later, beside each value (at the same place of its group's list):
  // the number of the value among all.
  private @Nullable ByteChains arrivals;
  private final byte[] arrival = new byte[Long.BYTES];
  private long count;

  private final Int2ObjectOpenHashMap<SpilledPages.Writer> onDisk = new Int2ObjectOpenHashMap<>();
  private final List<SpilledPages> shown = new ArrayList<>();

  /**
   * Makes an empty one.
   *
   * @param space where values of large groups go
   * @param valueSegment decodes the values
   * @param merging whether groups may be united
   */
  GroupValues(SpillSpace space, SegmentCoder valueSegment, boolean merging) {
    this.space = space;
    this.valueSegment = valueSegment;
    this.merging = merging;
    this.arrivals = merging ? new ByteChains() : null;
  }

  @Override
  public void take(GroupTable table, int count, RecordBatch page) {
    for (int i = 0; i < count; i++) {
      append(table.group(i), page, table.element(i));
    }
  }

  private void append(int group, RecordBatch page, int element) {
    chains.append(group, page.payload(), page.valueOffset(element), page.valueLength(element));
    if (arrivals != null) {
      long number = count++;
      for (int i = 0; i < Long.BYTES; i++) {
        arrival[i] = (byte) (number >>> (8 * i));
      }
      arrivals.append(group, arrival, 0, Long.BYTES);
    }
  }

  @Override
  public long memoryBytes() {
    return chains.memoryBytes() + (arrivals == null ? 0 : arrivals.memoryBytes());
  }

  @Override
  public IntCollection spillLargest(boolean all) {
    long used = 0;
    long[] bytes = new long[chains.size()];
    for (int group = 0; group < bytes.length; group++) {
      bytes[group] = bytesOf(group);
      used += bytes[group];
    }
    long large = all ? 1 : Math.max(1, used / LARGE);
    long ofLarge = 0;
    for (long each : bytes) {
      ofLarge += each >= large ? each : 0;
    }
    if (all || ofLarge > used / 2) {
      for (int group = 0; group < bytes.length; group++) {
        if (bytes[group] >= large) {
          writeToDisk(group);
        }
      }
      compact(bytes, large);
    }
    return onDisk.keySet();
  }

  /** About what a group's values take in memory. */
  private long bytesOf(int group) {
    long bytes = 0;
    for (ByteChains.Cursor values = chains.read(group); values.next(); ) {
      bytes += values.length() + 1;
    }
    return bytes;
  }

  private void writeToDisk(int group) {
    SpilledPages.Writer writer = onDisk.get(group);
    if (writer == null) {
      writer = new SpilledPages.Writer(space);
      onDisk.put(group, writer);
    }
    PageBuilder builder = new PageBuilder(writer::add);
    for (GroupCursor values = inMemory(group); values.next(); ) {
      builder.output().write(values.bytes(), values.offset(), values.length());
      builder.endElement(values.arrival(), 0, NO_FRAME);
    }
    builder.cut();
  }

  /** Forgets what is on disk now. */
  private void compact(long[] bytes, long large) {
    ByteChains old = chains;
    ByteChains oldArrivals = arrivals;
    chains = new ByteChains();
    arrivals = merging ? new ByteChains() : null;
    for (int group = 0; group < bytes.length; group++) {
      if (bytes[group] < large) {
        copy(old, group, chains, group);
        if (oldArrivals != null && arrivals != null) {
          copy(oldArrivals, group, arrivals, group);
        }
      }
    }
  }

  private static void copy(ByteChains from, int list, ByteChains to, int newList) {
    for (ByteChains.Cursor values = from.read(list); values.next(); ) {
      to.append(newList, values.bytes(), values.offset(), values.length());
    }
  }

  @Override
  public void write(GroupTable table, int group, byte[] frame, Partitions partitions) {
    BytesKeyTable keys = table.keys();
    PageBuilder to = partitions.to(keys.hash(group));
    for (ByteChains.Cursor values = chains.read(group); values.next(); ) {
      to.output().write(keys.bytes(group), keys.offset(group), keys.length(group));
      to.endKey();
      to.output().write(values.bytes(), values.offset(), values.length());
      to.endElement(table.time(group), keys.hash(group), frame);
    }
  }

  @Override
  public GroupValues keep(int[] groups) {
    GroupValues kept = reader();
    kept.count = count;
    for (int i = 0; i < groups.length; i++) {
      copy(chains, groups[i], kept.chains, i);
      if (arrivals != null && kept.arrivals != null) {
        copy(arrivals, groups[i], kept.arrivals, i);
      }
      SpilledPages.Writer writer = onDisk.get(groups[i]);
      if (writer != null) {
        kept.onDisk.put(i, writer);
        onDisk.remove(groups[i]);
      }
    }
    return kept;
  }

  @Override
  public GroupValues reader() {
    return new GroupValues(space, valueSegment, merging);
  }

  @Override
  public boolean writesInputs() {
    return true;
  }

  /**
   * The values of some groups together, decoded each time that they are iterated over, in the order
   * in which they came.
   *
   * @param groups several only where groups may be united; to be asked for once
   */
  @Override
  public Collection<@Nullable Object> result(int[] groups) {
    if (groups.length == 1 && !onDisk.containsKey(groups[0])) {
      return new OneGroup(chains, valueSegment, groups[0]);
    }
    GroupCursor[] cursors = new GroupCursor[groups.length];
    long size = 0;
    for (int i = 0; i < groups.length; i++) {
      SpilledPages.Writer writer = onDisk.remove(groups[i]);
      SpilledPages pages = writer == null ? null : writer.finish();
      if (pages != null) {
        shown.add(pages);
      }
      size += chains.count(groups[i]) + (pages == null ? 0 : pages.size());
      cursors[i] = pages == null ? inMemory(groups[i]) : onDisk(pages, groups[i]);
    }
    return new UnitedGroups(cursors, valueSegment, size);
  }

  @Override
  public void close() {
    onDisk.values().forEach(writer -> writer.finish().release());
    onDisk.clear();
    shown.forEach(SpilledPages::release);
    shown.clear();
  }

  private GroupCursor inMemory(int group) {
    return new GroupCursor(
        null, chains.read(group), arrivals == null ? null : arrivals.read(group));
  }

  private GroupCursor onDisk(SpilledPages pages, int group) {
    return new GroupCursor(
        pages, chains.read(group), arrivals == null ? null : arrivals.read(group));
  }
}
