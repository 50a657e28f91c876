import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import type { OperationId } from "../emulator/operations.ts";
import type { SeedUser } from "../emulator/seeding.ts";
import type { AppOptions } from "../emulator/settings.ts";
import { answerQuestions } from "./child.ts";

/** One call as the emulator saw it arrive. */
export type Call = { operation: OperationId; at: number; status: number; users: number };

let emulator: Emulator;

const commands = {
  async start(apps: readonly AppOptions[]): Promise<string> {
    emulator = await startEmulator({ apps });
    return emulator.url;
  },
  seedMany({ count, apiKey }: { count: number; apiKey?: string | undefined }): string[] {
    return emulator.app(apiKey).seedMany(count);
  },
  seed({ users, apiKey }: { users: readonly SeedUser[]; apiKey?: string | undefined }): void {
    emulator.app(apiKey).seed(...users);
  },
  calls(apiKey: string | undefined): Call[] {
    return emulator.app(apiKey).calls.map(({ operation, at, status, userIds }) => {
      return { operation, at, status, users: userIds?.length ?? 0 };
    });
  },
  clearCalls(apiKey: string | undefined): void {
    emulator.app(apiKey).clearCalls();
  },
};

export type EmulatorCommands = typeof commands;

answerQuestions(commands);
