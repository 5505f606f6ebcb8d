package dev.tidemark.runner.source;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.util.Map;
import org.apache.beam.sdk.io.Source;

/**
 * Parts of sources as opaque bytes of Java's serialization, which is all that Beam has for them. It
 * is used for nothing else that a store holds. What is read must be a source of the expected kind
 * and of classes of the job, see {@link SourceClasses}.
 *
 * <p>Immutable.
 *
 * @param transform the full name of the transform, for messages
 * @param classLoader the loader of the job's classes
 */
record SerializedSources(String transform, ClassLoader classLoader) {
  /** What no loader finds. */
  private static final Map<String, Class<?>> PRIMITIVES =
      Map.of(
          "boolean", boolean.class,
          "byte", byte.class,
          "char", char.class,
          "double", double.class,
          "float", float.class,
          "int", int.class,
          "long", long.class,
          "short", short.class,
          "void", void.class);

  /**
   * Writes a source down.
   *
   * @throws IllegalStateException if it cannot be serialized
   */
  byte[] encode(Source<?> source) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(source);
    } catch (IOException e) {
      throw new IllegalStateException(
          transform + ": a part of its source, " + source + ", cannot be serialized", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a source again.
   *
   * @param kind what it must be
   * @throws IllegalStateException if it is something else, or cannot be read
   */
  <T extends Source<?>> T decode(byte[] bytes, Class<T> kind) {
    try (ObjectInputStream in = new JobClassesStream(new ByteArrayInputStream(bytes))) {
      in.setObjectInputFilter(new SourceClasses());
      return kind.cast(in.readObject());
    } catch (IOException | ClassNotFoundException | ClassCastException | LinkageError e) {
      throw new IllegalStateException(
          transform
              + ": what its state has of its source cannot be read; did its classes change? "
              + e.getMessage(),
          e);
    }
  }

  /** Finds classes with the job's loader, wherever the stream is read. */
  private final class JobClassesStream extends ObjectInputStream {
    JobClassesStream(InputStream in) throws IOException {
      super(in);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass described) throws ClassNotFoundException {
      Class<?> primitive = PRIMITIVES.get(described.getName());
      return primitive != null ? primitive : Class.forName(described.getName(), false, classLoader);
    }

    @Override
    protected Class<?> resolveProxyClass(String[] interfaces) throws ClassNotFoundException {
      throw new ClassNotFoundException("a dynamic proxy in a source");
    }
  }
}
