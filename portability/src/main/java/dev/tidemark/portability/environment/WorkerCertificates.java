package dev.tidemark.portability.environment;

/**
 * What a worker needs to speak TLS with the server, each PEM.
 *
 * <p>Immutable.
 *
 * @param server the server's certificate, the only one that the worker is to trust
 * @param own the certificate that the worker shows
 * @param key the private key of that, PKCS 8
 */
public record WorkerCertificates(String server, String own, String key) {}
