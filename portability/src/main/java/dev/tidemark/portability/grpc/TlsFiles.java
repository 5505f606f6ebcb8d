package dev.tidemark.portability.grpc;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the certificate of one side lies, in PEM files.
 *
 * <p>Immutable.
 *
 * @param certificates the chain that this side shows
 * @param key its private key, PKCS 8
 * @param trusted what the other side's chain must lead to; null for a server that asks its clients
 *     for no certificate, or for a client that trusts what the JVM trusts
 */
public record TlsFiles(Path certificates, Path key, @Nullable Path trusted) {}
