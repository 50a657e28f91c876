import { answer, type Handler, idFrom } from "./call.ts";
import { deleteChannels, queryChannels } from "./channels.ts";
import { deleteUsers, restoreUsers } from "./deletion.ts";
import { deleteDevice, listDevices } from "./devices.ts";
import { exportUser } from "./export.ts";
import { exportUsers } from "./export-file.ts";
import { deleteFeedUserData, exportFeedUserData } from "./feeds.ts";
import { OPERATION_IDS, type OperationId } from "./operations.ts";
import { queryUsers } from "./query.ts";
import { describeRateLimits, PLATFORMS } from "./rate-limits.ts";
import { RECORD_QUERIES } from "./record-queries.ts";
import { updateUsers } from "./upsert.ts";
import {
  deleteCall,
  deleteRecording,
  deleteTranscription,
  listRecordings,
  listTranscriptions,
  queryCalls,
} from "./video-calls.ts";

/** GetApp. The real answer holds secrets, so this one does too. */
const getApp: Handler = ({ app: { settings } }) =>
  answer({
    app: {
      id: 1_284_907,
      name: settings.name,
      organization: "Northwind",
      placement: "us-east",
      multi_tenant_enabled: false,
      suspended: settings.suspended,
      suspended_explanation: "",
      disable_auth_checks: false,
      disable_permissions_checks: false,
      webhook_url: "https://northwind.example/hooks/stream",
      sqs_key: "",
      sqs_secret: "not-for-your-log",
      sns_secret: "",
      grants: {},
      policies: {},
      channel_configs: {},
      call_types: {},
      event_hooks: [],
    },
  });

/** GetTask. */
const getTask: Handler = (call) => {
  const id = idFrom(call, "id");
  call.record.taskId = id;
  return answer(call.app.tasks.describe(id));
};

/** GetRateLimits: every platform, or those that the query names. */
const getRateLimits: Handler = ({ app, query }) => {
  const flagged = PLATFORMS.filter((platform) => query.get(platform) === "true");
  const named = query.get("endpoints")?.split(",");
  const operations = named ? OPERATION_IDS.filter((id) => named.includes(id)) : OPERATION_IDS;
  const platforms = flagged.length > 0 ? flagged : PLATFORMS;
  return answer(describeRateLimits(app.rateLimits, platforms, operations));
};

export const HANDLERS: Readonly<Record<OperationId, Handler>> = {
  GetApp: getApp,
  GetRateLimits: getRateLimits,
  QueryUsers: queryUsers,
  UpdateUsers: updateUsers,
  ExportUser: exportUser,
  DeleteUsers: deleteUsers,
  RestoreUsers: restoreUsers,
  GetTask: getTask,
  ExportUsers: exportUsers,
  ExportFeedUserData: exportFeedUserData,
  DeleteFeedUserData: deleteFeedUserData,
  ListDevices: listDevices,
  DeleteDevice: deleteDevice,
  QueryChannels: queryChannels,
  DeleteChannels: deleteChannels,
  ...RECORD_QUERIES,
  QueryCalls: queryCalls,
  DeleteCall: deleteCall,
  ListRecordings: listRecordings,
  ListTranscriptions: listTranscriptions,
  DeleteRecording: deleteRecording,
  DeleteTranscription: deleteTranscription,
};
