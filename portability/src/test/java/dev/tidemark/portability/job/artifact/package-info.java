/** Tests of staging and retrieval. */
@NullMarked
package dev.tidemark.portability.job.artifact;

import org.jspecify.annotations.NullMarked;
