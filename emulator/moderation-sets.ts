export type Fields = Record<string, unknown>;

/** How records of one data set look and what they depend on. */
export type Source = {
  /** What takes such records along: the deletion of the user, of the user's messages, or of the call. */
  goesWith: "user" | "messages" | "call";
  /** The field that names the owner. */
  owner: string;
  /** Makes up a record; it has what filters ask for and what a reader needs, not each field of Stream's. */
  describe: (owner: string, index: number) => Fields;
};

/** What moderation keeps about a user. */
export const MODERATION_SETS = {
  flags: {
    goesWith: "messages",
    owner: "entity_creator_id",
    describe: (entity_creator_id, index) => ({
      ...reported(entity_creator_id, index),
      type: "user_report",
      user_id: MODERATOR,
    }),
  },
  reviewQueue: {
    goesWith: "user",
    owner: "entity_creator_id",
    describe: (entity_creator_id, index) => ({
      ...reported(entity_creator_id, index),
      id: `${entity_creator_id}-review-${index}`,
      reporter_id: MODERATOR,
      flagged_user_id: entity_creator_id,
      status: "pending",
    }),
  },
  moderationLogs: {
    goesWith: "user",
    owner: "target_user_id",
    describe: (target_user_id, index) => ({
      id: `${target_user_id}-log-${index}`,
      target_user_id,
      reporter_id: MODERATOR,
      type: "mark_reviewed",
      custom: {},
    }),
  },
  appeals: {
    goesWith: "user",
    owner: "user_id",
    describe: (user_id, index) => ({
      id: `${user_id}-appeal-${index}`,
      user_id,
      entity_id: `${user_id}-said-${index}`,
      entity_type: "stream:chat:v1:message",
      appeal_reason: "That was a joke",
      status: "submitted",
    }),
  },
  bans: {
    goesWith: "user",
    owner: "user_id",
    describe: (user_id, index) => ({
      user_id,
      user: { id: user_id },
      channel_cid: `messaging:ban-${index}`,
      reason: "spam",
      shadow: false,
    }),
  },
} as const satisfies Record<string, Source>;

const MODERATOR = "moderator";

const reported = (entity_creator_id: string, index: number): Fields => ({
  entity_creator_id,
  entity_id: `${entity_creator_id}-said-${index}`,
  entity_type: "stream:chat:v1:message",
});
