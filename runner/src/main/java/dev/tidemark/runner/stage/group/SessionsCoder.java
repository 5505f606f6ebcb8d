package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.beam.WindowNamespaces;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;

/**
 * Writes the sessions of a key.
 *
 * <p>Owned by the lane.
 */
final class SessionsCoder extends CustomCoder<List<Session>> {
  // Coders are serializable by their interface only.
  private final transient WindowNamespaces namespaces;

  SessionsCoder(WindowNamespaces namespaces) {
    this.namespaces = namespaces;
  }

  @Override
  public void encode(List<Session> sessions, OutputStream out) throws IOException {
    VarIntCoder.of().encode(sessions.size(), out);
    for (Session session : sessions) {
      write(session.home(), out);
      write(session.window(), out);
      VarLongCoder.of().encode(session.timer(), out);
      VarLongCoder.of().encode(session.hold(), out);
    }
  }

  @Override
  public List<Session> decode(InputStream in) throws IOException {
    int size = VarIntCoder.of().decode(in);
    List<Session> sessions = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      IntervalWindow home = readWindow(in);
      Session session = new Session(home, namespaces.of(home), readWindow(in));
      session.setTimer(VarLongCoder.of().decode(in), VarLongCoder.of().decode(in));
      sessions.add(session);
    }
    return sessions;
  }

  private static void write(IntervalWindow window, OutputStream out) throws IOException {
    long start = window.start().getMillis();
    VarLongCoder.of().encode(start, out);
    VarLongCoder.of().encode(window.end().getMillis() - start, out);
  }

  private static IntervalWindow readWindow(InputStream in) throws IOException {
    long start = VarLongCoder.of().decode(in);
    long length = VarLongCoder.of().decode(in);
    return new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(start + length));
  }
}
