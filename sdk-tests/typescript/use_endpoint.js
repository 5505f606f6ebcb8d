// Loaded before the tests of the TypeScript SDK: whatever runner they ask for, they get one that
// sends their pipelines to the job server of the suite, or that of typescript/, which starts one.
"use strict";
const path = require("path");

const beam = path.join(process.cwd(), "node_modules/apache-beam/dist/src/apache_beam");
const runners = path.join(beam, "runners");
// The package's modules refer to each other in a circle, which can be entered here only.
require(beam);
const { PortableRunner } = require(path.join(runners, "portable_runner/runner"));
const { tidemarkRunner } = require("../../typescript");

function endpointRunner() {
  if (process.env.SDK_TESTS_MODE === "PACKAGE") {
    return tidemarkRunner();
  }
  return new PortableRunner({
    jobEndpoint: process.env.SDK_TESTS_ENDPOINT,
    environmentType: "LOOPBACK",
  });
}

require(path.join(runners, "direct_runner")).directRunner = endpointRunner;
require(path.join(runners, "runner")).createRunner = endpointRunner;
require(path.join(runners, "runner")).loopbackRunner = endpointRunner;
