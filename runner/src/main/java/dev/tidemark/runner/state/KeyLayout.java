package dev.tidemark.runner.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.TimerRecord;
import java.util.Arrays;
import org.apache.beam.sdk.state.TimeDomain;

/**
 * Writes and reads the store keys of one node's state. See the package's documentation for the
 * layout.
 *
 * <p>Immutable.
 *
 * @param node the node's number in the store's {@link NodeDictionary}
 * @param groups how keys map to key groups
 */
record KeyLayout(int node, KeyGroups groups) {
  /** So that the end of the last group also fits into the two bytes of a store key. */
  static final int MAX_GROUPS = (1 << 16) - 1;

  /** Table, node and group stand in front of this. */
  private static final int AFTER_GROUP = 1 + Integer.BYTES + Short.BYTES;

  KeyLayout {
    if (groups.groups() > MAX_GROUPS) {
      throw new IllegalArgumentException(
          groups.groups() + " key groups are too many, at most " + MAX_GROUPS + " can be kept");
    }
  }

  /** The part of a cell's address that follows the key. */
  record CellAddress(Key key, String id, String namespace) {}

  /** The lower bound of the entries of one table of this node from the given group on. */
  Bytes groupStart(StateTable table, int group) {
    ByteWriter out = start(table);
    out.writeShort(group);
    return out.toBytes();
  }

  /** The store key of a cell, or what the store keys of its entries begin with. */
  Bytes cell(StateTable table, Key key, String id, String namespace) {
    return cell(table, key, cellSuffix(id, namespace));
  }

  /**
   * The same, with what follows the key.
   *
   * @param suffix see {@link #cellSuffix}
   */
  Bytes cell(StateTable table, Key key, byte[] suffix) {
    ByteWriter out = start(table, key);
    out.write(suffix);
    return out.toBytes();
  }

  /** What follows the key in the store keys of a cell. */
  static byte[] cellSuffix(String id, String namespace) {
    ByteWriter out = new ByteWriter();
    out.writeEscaped(id.getBytes(UTF_8));
    out.writeEscaped(namespace.getBytes(UTF_8));
    return out.toBytes().array();
  }

  /** Reads the address out of the store key of a value or hold cell; the key is not decoded. */
  static CellAddress parseCell(Bytes storeKey) {
    ByteReader in = afterGroup(storeKey);
    Key key = new Key(in.readEscaped(), null);
    String id = new String(in.readEscaped(), UTF_8);
    return new CellAddress(key, id, new String(in.readEscaped(), UTF_8));
  }

  /** The store key of a timer. */
  Bytes timer(TimerIdentity timer) {
    ByteWriter out = start(StateTable.TIMER, timer.key());
    out.write(domainCode(timer.domain()));
    out.writeEscaped(timer.namespace().getBytes(UTF_8));
    out.writeEscaped(timer.family().getBytes(UTF_8));
    out.writeEscaped(timer.id().getBytes(UTF_8));
    return out.toBytes();
  }

  /** Reads back {@link #timer}; the key is not decoded. */
  static TimerIdentity parseTimer(Bytes storeKey) {
    ByteReader in = afterGroup(storeKey);
    Key key = new Key(in.readEscaped(), null);
    TimeDomain domain = domain(in.readByte());
    String namespace = new String(in.readEscaped(), UTF_8);
    String family = new String(in.readEscaped(), UTF_8);
    return new TimerIdentity(key, namespace, family, new String(in.readEscaped(), UTF_8), domain);
  }

  /** The store key of a timer among those of its key group and domain, by its time. */
  Bytes timerByTime(TimerRecord timer) {
    int group = groups.groupOf(timer.key().keyHash());
    return timersFrom(group, timer.domain(), TimerPosition.of(timer));
  }

  /** The lower bound of the store keys, by time, from a position on. */
  Bytes timersFrom(int group, TimeDomain domain, TimerPosition position) {
    ByteWriter out = start(StateTable.TIMER_BY_TIME);
    out.writeShort(group);
    out.write(domainCode(domain));
    out.writeSigned(position.timestamp());
    TimerIdentity identity = position.identity();
    if (identity != null) {
      writeIdentity(identity, out);
    }
    return out.toBytes();
  }

  /** The upper bound of the store keys, by time, of one group and domain. */
  Bytes timersEnd(int group, TimeDomain domain) {
    ByteWriter out = start(StateTable.TIMER_BY_TIME);
    out.writeShort(group);
    out.write(domainCode(domain) + 1);
    return out.toBytes();
  }

  /** Reads back {@link #timerByTime}; the key is not decoded. */
  static TimerPosition parseTimerByTime(Bytes storeKey) {
    ByteReader in = afterGroup(storeKey);
    TimeDomain domain = domain(in.readByte());
    long timestamp = in.readSigned();
    Key key = new Key(in.readEscaped(), null);
    return new TimerPosition(
        timestamp, new TimerIdentity(key, readString(in), readString(in), readString(in), domain));
  }

  /** The store key of a timer among those of its key group, by what it holds. */
  Bytes timerByHold(TimerRecord timer) {
    return timerByHold(
        groups.groupOf(timer.key().keyHash()),
        timer.outputTimestampMillis(),
        TimerIdentity.of(timer));
  }

  /** The same for any group. */
  Bytes timerByHold(int group, long outputTimestamp, TimerIdentity identity) {
    ByteWriter out = start(StateTable.TIMER_BY_HOLD);
    out.writeShort(group);
    out.writeSigned(outputTimestamp);
    writeIdentity(identity, out);
    out.write(domainCode(identity.domain()));
    return out.toBytes();
  }

  /** Reads back {@link #timerByHold}: a position by output timestamp; the key is not decoded. */
  static TimerPosition parseTimerByHold(Bytes storeKey) {
    ByteReader in = afterGroup(storeKey);
    long outputTimestamp = in.readSigned();
    Key key = new Key(in.readEscaped(), null);
    String namespace = readString(in);
    String family = readString(in);
    String id = readString(in);
    return new TimerPosition(
        outputTimestamp, new TimerIdentity(key, namespace, family, id, domain(in.readByte())));
  }

  /** The part of a store key that follows the key group is greater, equal or less. */
  static int compareAfterGroup(Bytes left, Bytes right) {
    return Arrays.compareUnsigned(
        left.array(), AFTER_GROUP, left.length(), right.array(), AFTER_GROUP, right.length());
  }

  private static void writeIdentity(TimerIdentity identity, ByteWriter out) {
    out.writeEscaped(identity.key().encoded());
    out.writeEscaped(identity.namespace().getBytes(UTF_8));
    out.writeEscaped(identity.family().getBytes(UTF_8));
    out.writeEscaped(identity.id().getBytes(UTF_8));
  }

  private static String readString(ByteReader in) {
    return new String(in.readEscaped(), UTF_8);
  }

  private ByteWriter start(StateTable table) {
    ByteWriter out = new ByteWriter();
    out.write(table.code());
    out.writeInt(node);
    return out;
  }

  private ByteWriter start(StateTable table, Key key) {
    ByteWriter out = start(table);
    out.writeShort(groups.groupOf(key.keyHash()));
    out.writeEscaped(key.encoded());
    return out;
  }

  /** Behind table, node and group. */
  private static ByteReader afterGroup(Bytes storeKey) {
    return new ByteReader(storeKey, AFTER_GROUP);
  }

  private static int domainCode(TimeDomain domain) {
    return switch (domain) {
      case EVENT_TIME -> 'e';
      case PROCESSING_TIME -> 'p';
      case SYNCHRONIZED_PROCESSING_TIME -> 's';
    };
  }

  private static TimeDomain domain(int code) {
    return switch (code) {
      case 'e' -> TimeDomain.EVENT_TIME;
      case 'p' -> TimeDomain.PROCESSING_TIME;
      case 's' -> TimeDomain.SYNCHRONIZED_PROCESSING_TIME;
      default -> throw new IllegalStateException("a stored timer has the unknown domain " + code);
    };
  }
}
