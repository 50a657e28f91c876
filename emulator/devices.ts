import { answer, type Call, type Handler } from "./call.ts";
import { invalidInput, notFound } from "./errors.ts";
import { readUser, store } from "./leftovers.ts";
import { nanoseconds } from "./timestamps.ts";
import type { StoredUser } from "./users.ts";

/** ListDevices. */
export const listDevices: Handler = (call) => {
  const { id: user_id, createdAt, devices } = ownerOf(call);
  return answer({
    devices: devices.map((id) => {
      return { id, push_provider: "firebase", user_id, created_at: nanoseconds(createdAt) };
    }),
  });
};

/** DeleteDevice. */
export const deleteDevice: Handler = (call) => {
  const user = ownerOf(call);
  const device = call.query.get("id") ?? "";
  if (!user.devices.includes(device)) throw notFound("device does not exist");
  const devices = user.devices.filter((id) => id !== device);
  store(call.app, { ...user, devices });
  return answer({});
};

const ownerOf = ({ app, query, record }: Call): StoredUser => {
  const id = query.get("user_id");
  if (!id) throw invalidInput("user_id is a required field");
  record.userIds = [id];
  return readUser(app, id);
};
