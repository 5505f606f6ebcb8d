"use strict";
// The SDK's modules refer to each other in a circle, which can be entered here only.
require("apache-beam");
const { Runner } = require("apache-beam/runners/runner");
const { PortableRunner } = require("apache-beam/runners/portable_runner/runner");
const { JavaJarService, SubprocessService } = require("apache-beam/utils/service");

const SERVE = ["serve", "--job-port", "{{PORT}}"];

/** How long a server may take to start: a JVM on a busy machine needs more than the SDK's 10 s. */
const START_MILLIS = 120000;

/** A server that ends with its pipeline. */
function ownServer(server) {
  if (!server) {
    throw new Error(
      "Tidemark: say which server runs the pipeline: 'jobEndpoint', host:port of one that runs, or " +
        "'server', the tidemark.jar or ./tidemark that starts one (or set TIDEMARK_SERVER to that)."
    );
  }
  const service = server.endsWith(".jar")
    ? new JavaJarService(server, SERVE, "Tidemark")
    : new SubprocessService(server, SERVE, "Tidemark");
  const portReady = service.portReady;
  service.portReady = (port, host) => portReady.call(service, port, host, START_MILLIS);
  return service;
}

function tidemarkRunner(runnerOptions = {}) {
  return new (class extends Runner {
    async runPipeline(pipeline, options = {}) {
      const all = { environmentType: "LOOPBACK", ...runnerOptions, ...options };
      const service = all.jobEndpoint
        ? undefined
        : ownServer(all.server || process.env.TIDEMARK_SERVER);
      return new PortableRunner(all, service).runPipeline(pipeline);
    }
  })();
}

exports.tidemarkRunner = tidemarkRunner;
