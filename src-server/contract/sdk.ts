import { z } from 'zod';
import { instant, listOf } from './primitives.ts';
import { APPROVAL_STATES } from './terms.ts';

/**
 * The open control-plane SDK v1, as existing connected runtimes speak it. Unknown fields are ignored here, and nowhere else.
 * What a client sends is kept as it came; who it is follows from its key alone.
 */
const id = z.string().min(1).max(200);
const words = z.string().max(2_000);
const workspaceId = id;
/** Items of one call, and bytes of one item as JSON. */
export const SDK_ITEMS_MAX = 1_000;
export const SDK_ITEM_LIMIT_BYTES = 16 * 1024;

const record = z.record(z.string(), z.unknown()).refine((o) => Object.keys(o).length > 0, 'must not be empty');
const items = <T extends z.ZodType>(item: T) =>
  z.array(item).min(1, 'must hold at least one').max(SDK_ITEMS_MAX, `must hold at most ${SDK_ITEMS_MAX}`);

export const sdkAuthenticate = z.object({
  workspace_id: workspaceId,
  org_id: id,
  agent_id: id,
  token_hint: id.optional(),
});
export const sdkIdentity = z.object({
  workspace_id: z.string(),
  org_id: z.string(),
  agent_id: z.string(),
  token: z.string(),
});

/** Where the workspace may be named, it is looked at; where it is not, the key says it. */
export const sdkScope = z.object({ workspace_id: workspaceId.optional(), org_id: id.optional() }).default({});
export const sdkPolicies = z.object({
  default_decision: z.enum(['allow', 'deny']),
  rules: z.array(z.object({ id: z.string(), decision: z.enum(['allow', 'deny']), reason: z.string().optional() })),
});
export const sdkConfig = z.object({
  id: z.string(),
  control_plane: z.object({
    endpoint: z.string(),
    org_id: z.string(),
    project_id: z.string(),
    /** Seconds. */
    sync_interval: z.int(),
    policy_mode: z.literal('authoritative'),
    auth: z.object({ token_env: z.string() }),
  }),
});

export const sdkRegister = z.object({
  workspace_id: workspaceId.optional(),
  /** The client's own name for it; made here when it sends none. */
  session_id: id.optional(),
  agent_id: id.optional(),
  wu_id: id.optional(),
});
export type SdkRegister = z.infer<typeof sdkRegister>;
export const SDK_SESSION_STATES = ['active', 'late', 'offline'] as const;
/** A session of an SDK client: shown among what is connected, never a source, and never handed a lease. */
export const sdkSession = z.object({
  session_id: z.string(),
  workspace_id: z.string(),
  agent_id: z.string().nullable(),
  wu_id: z.string().nullable(),
  api_key: z.string(),
  status: z.enum(SDK_SESSION_STATES),
  registered_at: instant,
  last_seen_ms_ago: z.int().nullable(),
  health: z.object({
    busy: z.boolean().optional(),
    stalled: z.boolean().optional(),
    last_progress_at: z.string().optional(),
  }),
});
export type SdkSession = z.infer<typeof sdkSession>;
export const sdkSessionAnswer = z.object({ accepted: z.int(), session_id: z.string(), session: sdkSession });
export const sdkSessions = z.object({ sessions: z.array(sdkSession) });
export const sdkDeregister = z.object({
  workspace_id: workspaceId.optional(),
  session_id: id,
  reason: words.optional(),
});
export const sdkGone = z.object({ accepted: z.int(), session_id: z.string() });
export const sdkSessionList = listOf(sdkSession);

export const sdkHeartbeat = z.object({
  workspace_id: workspaceId,
  session_id: id,
  agent_id: id.optional(),
  wu_id: id.optional(),
  health: z
    .object({
      busy: z.boolean().optional(),
      stalled: z.boolean().optional(),
      last_progress_at: z.string().max(60).optional(),
    })
    .optional(),
});
export type SdkHeartbeat = z.infer<typeof sdkHeartbeat>;
export const sdkHeartbeatAnswer = z.object({
  status: z.literal('ok'),
  server_time: instant,
  next_heartbeat_ms: z.int(),
  assignment: z
    .object({ wu_id: z.string(), action: z.enum(['claim', 'continue', 'abort']), hint: z.string().optional() })
    .optional(),
  budget_remaining_usd: z.number().optional(),
  coalesced_signals: z.int().optional(),
});

export const sdkEvents = z.object({ workspace_id: workspaceId, events: items(record) });
const evidenceItem = z.union(
  [z.string().min(1).max(2_000), record],
  'must be a reference, or an object that is not empty',
);
/** Either variant: references, or whole receipts. */
export const sdkEvidence = z
  .object({
    workspace_id: workspaceId,
    evidence_refs: items(evidenceItem).optional(),
    receipts: items(record).optional(),
  })
  .refine((b) => b.evidence_refs !== undefined || b.receipts !== undefined, {
    path: ['evidence_refs'],
    message: 'must be there, or receipts: nothing was recorded',
  });
export const sdkTelemetry = z.object({
  workspace_id: workspaceId,
  records: items(
    z.object({
      metric: z.string().min(1).max(200),
      value: z.number(),
      timestamp: z.string().min(1).max(60),
      tags: z.record(z.string().max(100), z.unknown()).optional(),
    }),
  ),
});
export const sdkAccepted = z.object({ accepted: z.int().min(1) });

export const sdkApprovalRequest = z.object({
  workspace_id: workspaceId.optional(),
  type: z.string().min(1).max(60).default('action'),
  subject: z.union([z.string().min(1).max(500), record]),
  context: z.unknown().optional(),
  requester_id: id.optional(),
  requester_type: id.optional(),
});
export type SdkApprovalRequest = z.infer<typeof sdkApprovalRequest>;
const DECISIONS = { approved: 'approved', approve: 'approved', rejected: 'rejected', reject: 'rejected' } as const;
const decisionWord = z.enum(Object.keys(DECISIONS) as [keyof typeof DECISIONS]);
export const sdkApprovalResolve = z
  .object({
    workspace_id: workspaceId.optional(),
    approval_id: id,
    decision: decisionWord.optional(),
    status: decisionWord.optional(),
    decision_reason: words.optional(),
    reason: words.optional(),
  })
  .transform((body, context) => {
    const word = body.decision ?? body.status;
    if (word === undefined) {
      context.addIssue({ code: 'custom', path: ['decision'], message: 'must be approved or rejected' });
      return z.NEVER;
    }
    return {
      workspace_id: body.workspace_id,
      approval_id: body.approval_id,
      decision: DECISIONS[word],
      reason: body.decision_reason ?? body.reason ?? null,
    };
  });
export const sdkApprovalList = z
  .object({
    workspace_id: workspaceId.optional(),
    status: z.enum(APPROVAL_STATES).optional(),
    cursor: z.string().max(200).optional(),
    limit: z.int().min(1).max(200).default(50),
  })
  .default({ limit: 50 });
export const sdkApproval = z.object({
  approval_id: z.string(),
  workspace_id: z.string(),
  type: z.string(),
  status: z.enum(APPROVAL_STATES),
  subject: z.unknown(),
  context: z.unknown().optional(),
  requester_id: z.string().optional(),
  requester_type: z.string().optional(),
  reviewer_id: z.string().optional(),
  reviewer_type: z.string().optional(),
  decision_reason: z.string().optional(),
  requested_at: instant,
  decided_at: instant.optional(),
});
export type SdkApproval = z.infer<typeof sdkApproval>;
export const sdkApprovals = z.object({ approvals: z.array(sdkApproval), next_cursor: z.string().optional() });

/** Keys of a workspace for SDK clients. */
export const apiKeyCreated = z.object({ api_key: z.string(), prefix: z.string() });
export const apiKey = z.object({
  prefix: z.string(),
  created_at: instant,
  created_by: z.string(),
  revoked_at: instant.nullable(),
});
export const apiKeyList = listOf(apiKey);
