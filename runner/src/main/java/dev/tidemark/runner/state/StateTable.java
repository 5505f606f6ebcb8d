package dev.tidemark.runner.state;

/**
 * What a store entry is: the first byte of its key. Part of the storage format.
 *
 * <p>Immutable.
 */
enum StateTable {
  /** Numbers of nodes, see {@link NodeDictionary}. */
  DICTIONARY('n'),
  /** The description of the job, see {@link JobRow}. */
  JOB('j'),
  VALUE('v'),
  BAG('b'),
  MAP('m'),
  MULTIMAP('u'),
  ORDERED_LIST('o'),
  HOLD('h'),
  TIMER('t');

  private final char code;

  StateTable(char code) {
    this.code = code;
  }

  char code() {
    return code;
  }
}
