import { z } from "zod";
import { answer, type Handler, parseInput, USER_ID } from "./call.ts";
import { invalidInput } from "./errors.ts";
import { WIRE } from "./messages.ts";
import { fullUserView, newUser } from "./users.ts";

const UserRequest = z.object({
  id: z.string("is a required field").regex(USER_ID, "is not a valid user id"),
  name: z.string().optional(),
  image: z.string().optional(),
  role: z.string().optional(),
  teams: z.array(z.string()).optional(),
  custom: z.record(z.string(), z.unknown()).optional(),
});

const UpdateUsersRequest = z.object({
  users: z
    .record(z.string(), UserRequest, "is a required field")
    .refine((users) => Object.keys(users).length <= 100, "must have at most 100 items"),
});

/** UpdateUsers: creates users or replaces their profiles. */
export const updateUsers: Handler = ({ app, body, record }) => {
  const requests = Object.values(parseInput(UpdateUsersRequest, body).users);
  record.userIds = requests.map(({ id }) => id);
  for (const { id } of requests) {
    const known = app.users.get(id);
    if (known?.deletedAt || app.users.wasErased(id)) {
      throw invalidInput(`the user ${id} was deleted`);
    }
    if (known?.deactivatedAt) throw invalidInput(`the user ${id} was deactivated`);
  }
  const users = requests.map(
    ({ id, name = "", image = "", role = "user", teams = [], custom = {} }) => {
      const known = app.users.get(id) ?? newUser(id, app.now());
      const user = { ...known, name, image, role, teams, custom, updatedAt: app.now() };
      app.users.put(user);
      return [id, fullUserView(user, WIRE)] as const;
    },
  );
  return answer({ users: Object.fromEntries(users), membership_deletion_task_id: "" });
};
