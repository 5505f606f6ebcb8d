package dev.tidemark.translation.rewrite;

/**
 * URNs of transforms whose constants Beam has deprecated, although its Java SDK still makes them.
 */
final class LegacyUrns {
  /** A read of a source, in place of the splittable function that wraps it. */
  static final String READ = "beam:transform:read:v1";

  /** The declaration that a collection is to be read as a side input. */
  static final String CREATE_VIEW = "beam:transform:create_view:v1";

  private LegacyUrns() {}
}
