package dev.tidemark.runner.state.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;

/**
 * An open RocksDB with the two column families of a store, and all that has to be released with it.
 *
 * <p>Thread-safe, but for {@link #close}, which nobody may run into.
 */
final class Database implements AutoCloseable {
  private static final byte[] MANIFEST = "manifest".getBytes(UTF_8);

  /** RocksDB reads the indexes of files that it has not open anew; each open one costs memory. */
  private static final int MOST_OPEN_FILES = 512;

  private static final int BLOOM_BITS = 10;

  /** Which part of a table in memory is a filter for keys that are not in it. */
  private static final double MEMTABLE_BLOOM_SHARE = 0.05;

  private static final long BYTES_PER_SYNC = 1 << 20;

  /** Few, so that what a small cache holds fits into each of its parts. */
  private static final int CACHE_SHARD_BITS = 2;

  /** Which part of the cache is left to indexes and filters before blocks of entries get it. */
  private static final double INDEX_SHARE = 0.5;

  private static final long INFO_LOG_BYTES = 1 << 20;
  private static final int INFO_LOGS = 2;

  private final Handles handles;
  private final RocksDB db;
  private final ColumnFamilyHandle entries;
  private final ColumnFamilyHandle manifest;

  private Database(
      Handles handles, RocksDB db, ColumnFamilyHandle entries, ColumnFamilyHandle manifest) {
    this.handles = handles;
    this.db = db;
    this.entries = entries;
    this.manifest = manifest;
  }

  /**
   * Opens the database in {@code folder}.
   *
   * @param memoryBytes for blocks, indexes and filters that were read and for what was written and
   *     is not in files yet; the latter gets half of it at most
   * @param mode how much of a log is taken that is not whole
   * @param make whether to make it if it is not there
   */
  static Database open(Path folder, long memoryBytes, WALRecoveryMode mode, boolean make)
      throws RocksDBException {
    return open(
        memoryBytes,
        mode,
        (options, families, handles) ->
            RocksDB.open(options.setCreateIfMissing(make), folder.toString(), families, handles));
  }

  /** Opens the database in {@code folder} and changes nothing in it. */
  static Database openToRead(Path folder, long memoryBytes, WALRecoveryMode mode)
      throws RocksDBException {
    return open(
        memoryBytes,
        mode,
        (options, families, handles) ->
            RocksDB.openReadOnly(options, folder.toString(), families, handles));
  }

  /** One of RocksDB's ways to open. */
  private interface Opening {
    RocksDB open(
        DBOptions options, List<ColumnFamilyDescriptor> families, List<ColumnFamilyHandle> handles)
        throws RocksDBException;
  }

  private static Database open(long memoryBytes, WALRecoveryMode mode, Opening opening)
      throws RocksDBException {
    Handles handles = new Handles();
    try {
      LRUCache cache =
          handles.add(new LRUCache(memoryBytes, CACHE_SHARD_BITS, false, INDEX_SHARE, 0));
      ColumnFamilyOptions columns = columnOptions(handles, cache, memoryBytes);
      DBOptions options = options(handles, cache, memoryBytes).setWalRecoveryMode(mode);
      List<ColumnFamilyHandle> families = new ArrayList<>();
      RocksDB db =
          handles.add(
              opening.open(
                  options,
                  List.of(
                      new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, columns),
                      new ColumnFamilyDescriptor(MANIFEST, columns)),
                  families));
      families.forEach(handles::add);
      return new Database(handles, db, families.get(0), families.get(1));
    } catch (RocksDBException | RuntimeException e) {
      handles.close();
      throw e;
    }
  }

  private static DBOptions options(Handles handles, LRUCache cache, long memoryBytes) {
    WriteBufferManager buffers = handles.add(new WriteBufferManager(memoryBytes / 2, cache));
    return handles.add(
        new DBOptions()
            .setCreateMissingColumnFamilies(true)
            .setWriteBufferManager(buffers)
            // The manifest's few bytes are not to keep old logs alive.
            .setMaxTotalWalSize(Math.max(memoryBytes, 1 << 20))
            .setMaxBgErrorResumeCount(0)
            // Otherwise the sync of a commit waits for all that a flush has written at once.
            .setBytesPerSync(BYTES_PER_SYNC)
            .setMaxOpenFiles(MOST_OPEN_FILES)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxLogFileSize(INFO_LOG_BYTES)
            .setKeepLogFileNum(INFO_LOGS)
            .setStatsDumpPeriodSec(0)
            .setStatsPersistPeriodSec(0));
  }

  private static ColumnFamilyOptions columnOptions(
      Handles handles, LRUCache cache, long memoryBytes) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            // Cut into small blocks: whole ones of a large file would not fit into the cache, and
            // each read would fetch them anew.
            .setIndexType(IndexType.kTwoLevelIndexSearch)
            .setPartitionFilters(true)
            .setPinTopLevelIndexAndFilter(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            // State is mostly asked for by its whole key.
            .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
            .setFilterPolicy(handles.add(new BloomFilter(BLOOM_BITS)));
    return handles.add(
        new ColumnFamilyOptions()
            .setTableFormatConfig(table)
            .setWriteBufferSize(Math.max(memoryBytes / 8, 1 << 16))
            .setMemtableWholeKeyFiltering(true)
            .setMemtablePrefixBloomSizeRatio(MEMTABLE_BLOOM_SHARE)
            .setCompressionType(CompressionType.LZ4_COMPRESSION));
  }

  RocksDB db() {
    return db;
  }

  /** The entries of the store. */
  ColumnFamilyHandle entries() {
    return entries;
  }

  /** What the manifest says. */
  ColumnFamilyHandle manifest() {
    return manifest;
  }

  @Override
  public void close() {
    handles.close();
  }
}
