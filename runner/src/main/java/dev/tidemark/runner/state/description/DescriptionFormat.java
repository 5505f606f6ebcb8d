package dev.tidemark.runner.state.description;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.StateException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A description as bytes: the version of the format (1 byte), then the fields in their order.
 * Numbers have 4 bytes; a text has its length and UTF-8, a map its size and keys and values.
 */
public final class DescriptionFormat {
  private static final int VERSION = 1;

  private DescriptionFormat() {}

  /** Writes a description. */
  public static Bytes write(JobDescription job) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      writeText(job.beamVersion(), out);
      writeText(job.jobName(), out);
      out.writeInt(job.keyGroups());
      out.writeInt(job.transforms().size());
      for (Map.Entry<String, SortedMap<String, String>> transform : job.transforms().entrySet()) {
        writeText(transform.getKey(), out);
        out.writeInt(transform.getValue().size());
        for (Map.Entry<String, String> part : transform.getValue().entrySet()) {
          writeText(part.getKey(), out);
          writeText(part.getValue(), out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not into memory
    }
    return Bytes.of(bytes.toByteArray());
  }

  /**
   * Reads a description.
   *
   * @throws StateException if it is none, or of another version of the format
   */
  public static JobDescription read(Bytes description) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(description.array()))) {
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        throw new StateException(
            "the description of the job in its state has the format "
                + version
                + ", and this version of Tidemark reads "
                + VERSION
                + " only: use the version that wrote it",
            null);
      }
      String beamVersion = readText(in);
      String jobName = readText(in);
      int keyGroups = in.readInt();
      SortedMap<String, SortedMap<String, String>> transforms = new TreeMap<>();
      for (int i = in.readInt(); i > 0; i--) {
        String name = readText(in);
        SortedMap<String, String> parts = new TreeMap<>();
        for (int k = in.readInt(); k > 0; k--) {
          parts.put(readText(in), readText(in));
        }
        transforms.put(name, parts);
      }
      return new JobDescription(beamVersion, jobName, keyGroups, transforms);
    } catch (IOException e) {
      throw new StateException("the description of the job in its state cannot be read: " + e, e);
    }
  }

  private static void writeText(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readText(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] bytes = in.readNBytes(Math.max(length, 0));
    if (bytes.length != length) {
      throw new IOException("it ends too early");
    }
    return new String(bytes, UTF_8);
  }
}
