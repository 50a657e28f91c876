import { readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "dockerfile-utils";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const read = (file: string) => readFileSync(join(import.meta.dirname, "..", file), "utf8");
const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      command: z.string(),
      environment: z.record(z.string(), z.string()).default({}),
      build: z.object({ target: z.string() }).optional(),
    }),
  ),
});
const { services } = Compose.parse(parse(read("docker-compose.yml"), { merge: true }));

test("the Dockerfile is valid", () => {
  expect(validate(read("Dockerfile"))).toEqual([]);
});

test("the service image runs as a user without privileges", () => {
  const users = [...read("Dockerfile").matchAll(/^USER (.+)$/gm)].map(([, user]) => user);
  expect(users).toEqual(["node"]);
});

test("the service runs with the same options of Node wherever it is started", () => {
  const [, options] =
    /^ENTRYPOINT \["node", (.*), "src\/main\.ts"\]$/m.exec(read("Dockerfile")) ?? [];
  const words = z.array(z.string()).parse(JSON.parse(`[${options}]`));
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read("package.json")));
  expect(words.length).toBeGreaterThan(0);
  expect(scripts.dsr).toBe(`node ${words.join(" ")} src/main.ts`);
  expect(scripts.start).toBe(`node ${words.join(" ")} src/main.ts start`);
});

test("compose builds stages that the Dockerfile has", () => {
  const stages = [...read("Dockerfile").matchAll(/^FROM .+ AS (.+)$/gm)].map(([, name]) => name);
  const targets = Object.values(services).flatMap(({ build }) => build?.target ?? []);
  expect(stages).toEqual(expect.arrayContaining(targets));
});

test("compose sets only variables that the configuration reads", () => {
  const documented = read("README.md");
  for (const name of Object.values(services).flatMap((s) => Object.keys(s.environment))) {
    expect(documented).toContain(`\`${name}\``);
  }
});

test("compose keeps Redis' data and never lets it evict", () => {
  expect(services.redis?.command).toContain("--appendonly yes");
  expect(services.redis?.command).toContain("--maxmemory-policy noeviction");
});
