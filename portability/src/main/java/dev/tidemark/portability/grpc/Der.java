package dev.tidemark.portability.grpc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes values in DER, as far as a certificate needs it: tag, length, content. */
final class Der {
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int UTF8_STRING = 0x0c;
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return value(SEQUENCE, parts);
  }

  static byte[] set(byte[]... parts) {
    return value(SET, parts);
  }

  /** A number in two's complement, the highest byte first. */
  static byte[] integer(byte[] number) {
    return value(INTEGER, number);
  }

  /** An object identifier with this encoding, in hex. */
  static byte[] oid(String encoded) {
    return HexFormat.of().parseHex("06%02x%s".formatted(encoded.length() / 2, encoded));
  }

  static byte[] bits(byte[] whole) {
    return value(BIT_STRING, new byte[] {0}, whole);
  }

  static byte[] octets(byte[] content) {
    return value(OCTET_STRING, content);
  }

  static byte[] text(String text) {
    return value(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A time before 2050: {@code YYMMDDhhmmssZ}. */
  static byte[] utcTime(String time) {
    return value(UTC_TIME, time.getBytes(StandardCharsets.US_ASCII));
  }

  /** A later one: {@code YYYYMMDDhhmmssZ}. */
  static byte[] generalizedTime(String time) {
    return value(GENERALIZED_TIME, time.getBytes(StandardCharsets.US_ASCII));
  }

  /** The parts, one after the other, behind a tag. */
  static byte[] value(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    result.write(tag);
    int length = content.size();
    if (length < 0x80) {
      result.write(length);
    } else if (length < 0x100) {
      result.write(0x81);
      result.write(length);
    } else {
      result.write(0x82);
      result.write(length >> 8);
      result.write(length);
    }
    result.writeBytes(content.toByteArray());
    return result.toByteArray();
  }
}
