package dev.tidemark.portability.environment;

import java.nio.file.Path;

/**
 * A file that a client has staged for an environment.
 *
 * <p>Immutable.
 *
 * @param name what it is called for the worker: a base name, unique in the environment
 * @param role the urn of its role, for instance {@code beam:artifact:role:staging_to:v1}
 * @param content where its bytes are; must not be changed
 * @param sha256 of its bytes, in hexadecimal digits
 */
public record StagedFile(String name, String role, Path content, String sha256) {}
