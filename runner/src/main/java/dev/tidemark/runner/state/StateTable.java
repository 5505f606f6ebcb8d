package dev.tidemark.runner.state;

/**
 * What a store entry is: the first byte of its key. Part of the storage format.
 *
 * <p>Immutable.
 */
enum StateTable {
  /** Numbers of nodes, see {@link NodeDictionary}. */
  DICTIONARY('n'),
  /** The description of the job that writes the store, see {@link JobRow}. */
  DESCRIPTION('d'),
  VALUE('v'),
  BAG('b'),
  MAP('m'),
  MULTIMAP('u'),
  ORDERED_LIST('o'),
  HOLD('h'),
  TIMER('t'),
  /** How far nodes have come, see {@link ProgressLog}. */
  WATERMARK('w'),
  /** Committed metrics, by step. */
  METRICS('c'),
  /** What is known of the job as a whole, by name. */
  JOB('j');

  private final char code;

  StateTable(char code) {
    this.code = code;
  }

  char code() {
    return code;
  }
}
