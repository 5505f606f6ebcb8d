package dev.tidemark.suite;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The few facts of a class file that discovery needs, read without loading the class. Immutable.
 *
 * @param name the binary name
 * @param superName the binary name of the class it extends
 * @param isAbstract whether it is an interface or an abstract class
 * @param descriptors the types in its constant pool, among them those of fields and of annotation
 *     values
 */
record ClassFile(String name, String superName, boolean isAbstract, Set<String> descriptors) {
  private static final int ABSTRACT = 0x0400;

  /** Whether the constant pool holds the descriptor of {@code type}. */
  boolean mentions(Class<?> type) {
    return descriptors.contains(type.descriptorString());
  }

  /**
   * Reads the head of a class file, as chapter 4 of the Java virtual machine specification has it.
   */
  static ClassFile parse(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(stream));
    if (in.readInt() != 0xCAFEBABE) {
      throw new IOException("Not a class file.");
    }
    in.skipNBytes(4);
    int count = in.readUnsignedShort();
    Map<Integer, String> texts = new HashMap<>();
    Map<Integer, Integer> classes = new HashMap<>();
    for (int index = 1; index < count; index++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> texts.put(index, in.readUTF());
        case 7 -> classes.put(index, in.readUnsignedShort());
        case 8, 16, 19, 20 -> in.skipNBytes(2);
        case 15 -> in.skipNBytes(3);
        case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
        case 5, 6 -> {
          in.skipNBytes(8);
          index++; // A long or a double takes two places.
        }
        default -> throw new IOException("Unknown constant pool tag " + tag + ".");
      }
    }
    boolean isAbstract = (in.readUnsignedShort() & ABSTRACT) != 0;
    String name = className(in.readUnsignedShort(), texts, classes);
    String superName = className(in.readUnsignedShort(), texts, classes);
    Set<String> descriptors =
        Stream.concat(
                texts.values().stream().filter(text -> text.startsWith("L") && text.endsWith(";")),
                classes.values().stream().map(text -> "L" + texts.get(text) + ";"))
            .collect(Collectors.toUnmodifiableSet());
    return new ClassFile(name, superName, isAbstract, descriptors);
  }

  private static String className(
      int index, Map<Integer, String> texts, Map<Integer, Integer> classes) {
    Integer nameIndex = classes.get(index);
    String text = nameIndex == null ? "" : texts.getOrDefault(nameIndex, "");
    return text.replace('/', '.');
  }
}
