import { Runner } from "apache-beam/runners/runner";

/** What a runner goes by, beside the options of the pipeline. */
export interface TidemarkOptions {
  /** host:port of a server that runs; without it, one is started for each pipeline. */
  jobEndpoint?: string;
  /** What starts a server: tidemark.jar, or the script ./tidemark; else $TIDEMARK_SERVER. */
  server?: string;
  /** Where functions run; LOOPBACK, in this process, if nothing is said. */
  environmentType?: string;
  [option: string]: unknown;
}

/**
 * A runner that runs pipelines on Tidemark.
 *
 * @throws Error from run, if there is neither an endpoint nor a server
 */
export declare function tidemarkRunner(options?: TidemarkOptions): Runner;
