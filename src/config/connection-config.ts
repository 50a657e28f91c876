import { z } from "zod";
import { ConnectionFields } from "./connection-fields.ts";
import { type ReadFile, readSecret, type Variables, within } from "./sources.ts";

/** One Stream app: where it is, its credentials, and how requests for it are fulfilled. */
export type ConnectionConfig = Readonly<
  Omit<ConnectionFields, "apiKeyFile" | "apiSecretFile" | "apiKey" | "apiSecret"> & {
    apiKey: string;
    apiSecret: string;
  }
>;

const SOURCES = /^(STREAM_API_(KEY|SECRET)(_FILE)?|CONNECTIONS_FILE)$/;

/**
 * Reads the connections: `default` from `STREAM_…` variables, any number from the JSON file `CONNECTIONS_FILE`.
 * Whatever is wrong is added to `problems`.
 */
export const readConnections = (
  variables: Variables,
  readFile: ReadFile,
  problems: string[],
): ConnectionConfig[] => {
  const connections = [
    ...fromEnvironment(variables, readFile, problems),
    ...fromFile(variables.CONNECTIONS_FILE, readFile, problems),
  ];
  const names = connections.map((connection) => connection.name);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    problems.push(`connection ${name}: is configured twice; give each its own name`);
  }
  if (!Object.keys(variables).some((name) => SOURCES.test(name))) {
    problems.push(
      "STREAM_API_KEY and STREAM_API_SECRET: must be set (or STREAM_API_KEY_FILE and STREAM_API_SECRET_FILE, or CONNECTIONS_FILE)",
    );
  }
  return connections;
};

const FROM_ENVIRONMENT = {
  STREAM_BASE_URL: "baseUrl",
  STREAM_ASYNCHRONOUS_DELETION: "asynchronousDeletion",
  STREAM_PRODUCTS: "products",
  STREAM_SKIP_DATA_SETS: "skipDataSets",
  STREAM_DELETION: "deletion",
  STREAM_ALSO_DELETE: "alsoDelete",
  STREAM_INVENTORY: "inventory",
  STREAM_VERIFICATION: "verification",
  STREAM_GUARDS: "guards",
  STREAM_EMAIL_FIELDS: "emailFields",
} as const;

const fromEnvironment = (variables: Variables, readFile: ReadFile, problems: string[]) => {
  const apiKey = readSecret(variables, "STREAM_API_KEY", readFile, problems);
  const apiSecret = readSecret(variables, "STREAM_API_SECRET", readFile, problems);
  if (apiKey === undefined && apiSecret === undefined) return [];
  if (apiKey === undefined) problems.push("STREAM_API_KEY: must be set with STREAM_API_SECRET");
  if (apiSecret === undefined) problems.push("STREAM_API_SECRET: must be set with STREAM_API_KEY");
  const json = (name: keyof typeof FROM_ENVIRONMENT) => parseJson(variables[name], name, problems);
  const list = (text: string | undefined) => text?.split(",").map((item) => item.trim());
  const fields = {
    name: "default",
    baseUrl: variables.STREAM_BASE_URL,
    asynchronousDeletion: variables.STREAM_ASYNCHRONOUS_DELETION,
    products: list(variables.STREAM_PRODUCTS),
    skipDataSets: list(variables.STREAM_SKIP_DATA_SETS),
    deletion: json("STREAM_DELETION"),
    alsoDelete: json("STREAM_ALSO_DELETE"),
    inventory: variables.STREAM_INVENTORY,
    verification: json("STREAM_VERIFICATION"),
    guards: json("STREAM_GUARDS"),
    emailFields: list(variables.STREAM_EMAIL_FIELDS),
  };
  const parsed = ConnectionFields.safeParse(fields);
  if (!parsed.success) {
    const variableOf = Object.fromEntries(Object.entries(FROM_ENVIRONMENT).map(([k, v]) => [v, k]));
    problems.push(...within((path) => variableOf[String(path[0])] ?? path.join("."), parsed.error));
    return [];
  }
  return [complete(parsed.data, apiKey ?? "", apiSecret ?? "")];
};

const fromFile = (path: string | undefined, readFile: ReadFile, problems: string[]) => {
  if (path === undefined) return [];
  const content = readContent(path, readFile, problems);
  if (content === undefined) return [];
  const parsed = z
    .strictObject({ connections: z.array(ConnectionFields).min(1) })
    .safeParse(content);
  if (!parsed.success) {
    problems.push(...within((at) => `${path}: ${at.join(".") || "file"}`, parsed.error));
    return [];
  }
  return parsed.data.connections.map((fields) => {
    const given: Variables = {
      apiKey: fields.apiKey,
      apiKey_FILE: fields.apiKeyFile,
      apiSecret: fields.apiSecret,
      apiSecret_FILE: fields.apiSecretFile,
    };
    const [apiKey, apiSecret] = (["apiKey", "apiSecret"] as const).map((name) => {
      const found: string[] = [];
      const value = readSecret(given, name, readFile, found);
      if (value === undefined && found.length === 0)
        found.push(`${name}: must be set, or ${name}File`);
      problems.push(...found.map((problem) => `${path}: connection ${fields.name}: ${problem}`));
      return value ?? "";
    });
    return complete(fields, apiKey ?? "", apiSecret ?? "");
  });
};

const complete = (
  fields: ConnectionFields,
  apiKey: string,
  apiSecret: string,
): ConnectionConfig => {
  const { apiKeyFile: _, apiSecretFile: __, ...rest } = fields;
  return { ...rest, apiKey, apiSecret };
};

const readContent = (path: string, readFile: ReadFile, problems: string[]): unknown => {
  try {
    return parseJson(readFile(path), path, problems);
  } catch {
    problems.push(`CONNECTIONS_FILE: ${path} cannot be read`);
    return undefined;
  }
};

const parseJson = (text: string | undefined, name: string, problems: string[]): unknown => {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    problems.push(`${name}: is not valid JSON`);
    return undefined;
  }
};
