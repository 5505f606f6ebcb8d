package dev.tidemark.portability.grpc;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/**
 * A certificate that vouches for itself, for one that is told of it in another way. Never expires:
 * it is worth nothing when the process that made it has ended.
 *
 * <p>Immutable.
 *
 * @param certificate PEM
 * @param key its private key, PKCS 8, PEM
 */
public record SelfSigned(String certificate, String key) {
  private static final String ECDSA_WITH_SHA256 = "2a8648ce3d040302";
  private static final String COMMON_NAME = "550403";
  private static final String SUBJECT_ALTERNATIVE_NAME = "551d11";
  private static final int VERSION = 0xa0;
  private static final int EXTENSIONS = 0xa3;
  private static final int IP_ADDRESS = 0x87;

  /**
   * Makes a new key and a certificate for it.
   *
   * @param name who it is, for people
   * @param address the IP address that it is good for
   */
  public static SelfSigned create(String name, String address) {
    try {
      SecureRandom random = new SecureRandom();
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      byte[] unsigned = unsigned(name, address, pair, random);
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(pair.getPrivate(), random);
      signature.update(unsigned);
      byte[] certificate = Der.sequence(unsigned, algorithm(), Der.bits(signature.sign()));
      return new SelfSigned(
          pem("CERTIFICATE", certificate), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    } catch (GeneralSecurityException | UnknownHostException e) {
      throw new IllegalStateException("No certificate can be made for " + address, e);
    }
  }

  /** What RFC 5280 calls a TBSCertificate, of version 3. */
  private static byte[] unsigned(String name, String address, KeyPair pair, SecureRandom random)
      throws UnknownHostException {
    byte[] serial = new byte[16];
    random.nextBytes(serial);
    // Positive, and no byte too many.
    serial[0] = (byte) (serial[0] & 0x3f | 0x40);
    byte[] called = Der.sequence(Der.set(Der.sequence(Der.oid(COMMON_NAME), Der.text(name))));
    byte[] validity =
        Der.sequence(Der.utcTime("700101000000Z"), Der.generalizedTime("99991231235959Z"));
    byte[] addresses =
        Der.sequence(Der.value(IP_ADDRESS, InetAddress.getByName(address).getAddress()));
    byte[] extensions =
        Der.sequence(Der.sequence(Der.oid(SUBJECT_ALTERNATIVE_NAME), Der.octets(addresses)));
    return Der.sequence(
        Der.value(VERSION, Der.integer(new byte[] {2})),
        Der.integer(serial),
        algorithm(),
        called,
        validity,
        called,
        pair.getPublic().getEncoded(),
        Der.value(EXTENSIONS, extensions));
  }

  private static byte[] algorithm() {
    return Der.sequence(Der.oid(ECDSA_WITH_SHA256));
  }

  private static String pem(String kind, byte[] content) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind);
  }
}
