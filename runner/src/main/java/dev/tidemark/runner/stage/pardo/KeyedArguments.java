package dev.tidemark.runner.stage.pardo;

import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.joda.time.Instant;

/** State and timers of the key and window that a function is called for. Owned by the lane. */
interface KeyedArguments {
  /** A state that the function declares. */
  State state(String stateId, boolean alwaysFetched);

  /** A timer that the function declares; {@code origin} is the timestamp of what it gets. */
  Timer timer(String timerId, Instant origin);

  /** A family of timers that the function declares. */
  TimerMap timerFamily(String familyId, Instant origin);
}
