import { expect, test } from "vitest";
import { countFeeds, readLeftovers } from "../../src/stream/leftovers.ts";

async function* bodyOf(...lines: string[]): AsyncGenerator<Buffer> {
  yield Buffer.from(lines.join("\n"));
}
const json = (line: object) => JSON.stringify(line);

test.for([
  ["an empty file", [], 0],
  ["the user's own profile", [json({ type: "user", data: { id: "ann" } })], 0],
  ["a profile and two things", [json({ type: "user" }), json({ type: "activity" }), "{}", ""], 2],
  ["an object of lists", [json({ user: { id: "ann" }, activities: [1, 2], comments: [3] })], 3],
  ["an object of empty lists", [json({ user: { id: "ann" }, activities: [], follows: [] })], 0],
  ["a thing that names its user", [json({ user: { id: "ann" }, text: "hello" })], 1],
  ["a thing with an empty list", [json({ id: "activity-1", attachments: [] })], 1],
] as const)("a Feeds export counts %s", async ([, lines, count]) => {
  expect(await countFeeds(bodyOf(...lines))).toBe(count);
});

test.for([["[1]"], ["nothing"], ['"ann"'], ['{"type":1}'], ['{"type":"activity"']] as const)(
  "a Feeds export with the line %s is not taken for empty",
  async ([line]) => {
    await expect(countFeeds(bodyOf('{"type":"user"}', line))).rejects.toMatchObject({
      code: "invalid_answer",
    });
  },
);

test("a user export counts devices, and tells a deleted user from what is left of one", async () => {
  const left = await readLeftovers(
    bodyOf(
      json({ user: { id: "ann", devices: [{ id: "phone" }] }, messages: [{ type: "deleted" }] }),
      json({ user: { id: "bob", deleted_at: 1 }, messages: [{ type: "regular" }] }),
    ),
  );
  const none = { profile: false, messages: 0, reactions: 0, devices: 0, feeds: 0 };
  expect(Object.fromEntries(left)).toEqual({
    ann: { ...none, devices: 1 },
    bob: { ...none, messages: 1 },
  });
});
