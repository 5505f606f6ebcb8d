package dev.tidemark.portability.expansion;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.sdk.coders.CustomCoder;

/** Runs code where it is deserialized: writes down in which process that is. */
final class SpyCoder extends CustomCoder<String> {
  private static final long serialVersionUID = 1;

  private final String file;

  SpyCoder(Path file) {
    this.file = file.toString();
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    Files.writeString(Path.of(file), Long.toString(ProcessHandle.current().pid()));
  }

  @Override
  public void encode(String value, OutputStream out) {
    throw new UnsupportedOperationException("nothing is encoded by it");
  }

  @Override
  public String decode(InputStream in) {
    throw new UnsupportedOperationException("nothing is decoded by it");
  }
}
