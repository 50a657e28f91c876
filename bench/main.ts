import { parseArgs } from "node:util";
import { access } from "./access.ts";
import { backlog } from "./backlog.ts";
import { type Benchmark, FULL, QUICK, REAL_CLOCK } from "./benchmark.ts";
import { deletions } from "./deletions.ts";
import { fairness } from "./fairness.ts";
import { latency } from "./latency.ts";
import { throughput } from "./throughput.ts";

const BENCHMARKS: Record<string, Benchmark> = {
  deletions,
  throughput,
  access,
  latency,
  backlog,
  fairness,
};

const { values, positionals } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    "real-clock": { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
const unknown = names.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  const known = Object.keys(BENCHMARKS).join(", ");
  throw new Error(`There is no benchmark ${unknown.join(", ")}; there are ${known}`);
}

const sizes = values["real-clock"] ? REAL_CLOCK : values.quick ? QUICK : FULL;
for (const name of names) {
  const startedAt = performance.now();
  const parts = (await BENCHMARKS[name]?.(sizes)) ?? [];
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(`\n## ${name} (${seconds} s)\n\n${parts.join("\n\n")}\n`);
}
