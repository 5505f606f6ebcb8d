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
  /** Timers by their time, see {@link TimerIndex}. */
  TIMER_BY_TIME('s'),
  /** Timers by what they hold the watermark at, see {@link TimerIndex}. */
  TIMER_BY_HOLD('l'),
  /** The key groups whose timers are in both, see {@link TimerIndex}. */
  TIMERS_INDEXED('x'),
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
