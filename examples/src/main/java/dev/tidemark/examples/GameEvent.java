package dev.tidemark.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;

/**
 * Points that a player made.
 *
 * @param player the player's name
 * @param team the name of the player's team
 * @param points how many
 * @param timeMillis when, in milliseconds since the epoch
 */
@DefaultCoder(GameEvent.EventCoder.class)
public record GameEvent(String player, String team, int points, long timeMillis) {

  /** Writes the fields one after another. */
  public static final class EventCoder extends AtomicCoder<GameEvent> {
    private static final StringUtf8Coder STRING = StringUtf8Coder.of();
    private static final VarIntCoder INT = VarIntCoder.of();
    private static final VarLongCoder LONG = VarLongCoder.of();

    /** What {@link DefaultCoder} calls. */
    public static EventCoder of() {
      return new EventCoder();
    }

    @Override
    public void encode(GameEvent event, OutputStream out) throws IOException {
      STRING.encode(event.player(), out);
      STRING.encode(event.team(), out);
      INT.encode(event.points(), out);
      LONG.encode(event.timeMillis(), out);
    }

    @Override
    public GameEvent decode(InputStream in) throws IOException {
      return new GameEvent(STRING.decode(in), STRING.decode(in), INT.decode(in), LONG.decode(in));
    }
  }
}
