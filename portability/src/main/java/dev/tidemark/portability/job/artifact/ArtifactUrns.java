package dev.tidemark.portability.job.artifact;

import java.util.Set;

/** What SDKs say of artifacts, as far as it matters here. */
final class ArtifactUrns {
  static final String STAGING_TO = "beam:artifact:role:staging_to:v1";
  static final String EMBEDDED = "beam:artifact:type:embedded:v1";
  static final String DEFERRED = "beam:artifact:type:deferred:v1";

  /**
   * The types of which clients are asked for the bytes. {@code filex} is TypeScript's, for what it
   * got from an expansion service.
   */
  static final Set<String> TYPES =
      Set.of(
          "beam:artifact:type:file:v1",
          "beam:artifact:type:filex:v1",
          "beam:artifact:type:url:v1",
          EMBEDDED,
          "beam:artifact:type:pypi:v1",
          "beam:artifact:type:maven:v1",
          DEFERRED,
          "beam:artifact:type:npm:v1",
          "beam:artifact:type:npm_dep:v1");

  private ArtifactUrns() {}
}
