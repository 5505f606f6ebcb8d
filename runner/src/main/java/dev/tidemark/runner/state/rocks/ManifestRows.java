package dev.tidemark.runner.state.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.Manifest;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/** A manifest as rows of its column family; a commit writes only those that change. */
final class ManifestRows {
  private static final byte[] EPOCH = {'e'};
  private static final byte ENTRY = 'm';

  private ManifestRows() {}

  static Manifest read(Database database) throws RocksDBException {
    long epoch = 0;
    Map<String, Bytes> entries = new TreeMap<>();
    try (ReadOptions options = new ReadOptions();
        RocksIterator rows = database.db().newIterator(database.manifest(), options)) {
      for (rows.seekToFirst(); rows.isValid(); rows.next()) {
        byte[] key = rows.key();
        if (key[0] == ENTRY) {
          entries.put(new String(key, 1, key.length - 1, UTF_8), Bytes.of(rows.value()));
        } else {
          epoch = ByteBuffer.wrap(rows.value()).getLong();
        }
      }
      rows.status();
    }
    return new Manifest(epoch, entries);
  }

  static void write(Database database, WriteBatch batch, Manifest before, Manifest after)
      throws RocksDBException {
    batch.put(
        database.manifest(), EPOCH, ByteBuffer.allocate(Long.BYTES).putLong(after.epoch()).array());
    for (String name : before.entries().keySet()) {
      if (!after.entries().containsKey(name)) {
        batch.delete(database.manifest(), key(name));
      }
    }
    for (Map.Entry<String, Bytes> entry : after.entries().entrySet()) {
      if (!entry.getValue().equals(before.entries().get(entry.getKey()))) {
        batch.put(database.manifest(), key(entry.getKey()), entry.getValue().array());
      }
    }
  }

  private static byte[] key(String name) {
    byte[] bytes = name.getBytes(UTF_8);
    return ByteBuffer.allocate(1 + bytes.length).put(ENTRY).put(bytes).array();
  }
}
