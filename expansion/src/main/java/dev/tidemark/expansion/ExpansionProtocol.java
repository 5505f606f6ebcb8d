package dev.tidemark.expansion;

/**
 * How server and process talk, over a Unix domain socket in a folder that is their user's only: a
 * connection a call. The request is a byte that says what it is, and a message up to the end of the
 * stream; the answer is a message up to the end of the stream. An answer that is empty means that
 * the process could not even say what went wrong.
 */
public final class ExpansionProtocol {
  /** A line of output: the process listens. */
  public static final String READY = "tidemark: ready to expand transforms";

  /** Before an {@code ExpansionRequest}. */
  public static final byte EXPAND = 'E';

  /** Before a {@code DiscoverSchemaTransformRequest}. */
  public static final byte DISCOVER = 'D';

  private ExpansionProtocol() {}
}
