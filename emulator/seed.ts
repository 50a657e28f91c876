import type { EmulatedApp } from "./emulated-app.ts";
import type { SeedUser } from "./seeding.ts";

/** The people of a small company's chat, with one of each kind that makes privacy requests hard. */
export const PEOPLE = [
  {
    id: "ann-lindqvist",
    name: "Ann Lindqvist",
    email: "ann.lindqvist@northwind.example",
    messages: ["Good morning!", "Has anybody seen the invoice from Berlin?", "Found it, thanks 🙏"],
    reactions: 12,
    conversationsWith: ["bilal-haddad"],
    groups: ["general", "finance"],
    devices: ["fcm-7f3a91"],
    files: ["invoice-berlin.pdf"],
    feedActivities: 4,
    ...{ blocks: 1, drafts: 2, reminders: 1, polls: 1, votes: 1, threads: 1, liveLocations: 1 },
    groupCalls: ["monday-standup"],
    createdCalls: ["budget-review"],
    ...{ recordings: 1, transcriptions: 1 },
  },
  {
    id: "bilal-haddad",
    name: "Bilal Haddad",
    email: "bilal.haddad@northwind.example",
    messages: ["Lunch at noon?", "I booked the table for six."],
    reactions: 31,
    conversationsWith: ["ann-lindqvist", "chiara-moretti"],
    callsWith: ["ann-lindqvist"],
    groups: ["general"],
    owns: ["football"],
    ...{ flags: 2, reviewQueue: 1, moderationLogs: 2, appeals: 1, bans: 1 },
    groupCalls: ["monday-standup"],
    votesOn: ["ann-lindqvist-poll-0"],
  },
  {
    id: "chiara-moretti",
    name: "Chiara Moretti",
    email: "chiara@moretti.example",
    messages: 640,
    reactions: 210,
    conversationsWith: ["bilal-haddad"],
    abandonedWith: ["kavya-rao"],
    groups: ["general", "design"],
    ...{ drafts: 1, threads: 3 },
    files: ["logo-v3.png", "logo-v4.png"],
  },
  {
    id: "dmitri-volkov",
    name: "Dmitri Volkov",
    email: "dmitri.volkov@northwind.example",
    messages: 88,
    deactivated: true,
  },
  // Two people behind one address: a request by e-mail means both.
  { id: "eva-jansen", name: "Eva Jansen", email: "family@jansen.example", messages: 45 },
  { id: "finn-jansen", name: "Finn Jansen", email: "family@jansen.example", messages: 3 },
  // More than ExportUser can give.
  {
    id: "grace-okafor",
    name: "Grace Okafor",
    email: "grace.okafor@northwind.example",
    messages: 10_001,
    reactions: 870,
    groups: ["general", "support"],
    owns: ["support"],
  },
  {
    id: "Hiro.Tanaka",
    name: "田中 宏",
    email: "hiro@tanaka.example",
    messages: ["おはようございます"],
  },
  { id: "ines@costa", name: "Inês Costa", email: "ines.costa@northwind.example", reactions: 5 },
  { id: "jonas-weber", name: "Jonas Weber", messages: ["I never gave an e-mail address."] },
  {
    id: "kavya-rao",
    name: "Kavya Rao",
    email: "kavya@rao.example",
    softDeleted: true,
    messages: 20,
  },
  { id: "lars-nilsen", name: "Lars Nilsen", email: "lars@nilsen.example", megabytes: 5 },
] as const satisfies readonly SeedUser[];

/** Fills an app with the people above. */
export const seedPeople = (app: EmulatedApp): void => {
  app.seed(...PEOPLE);
};
