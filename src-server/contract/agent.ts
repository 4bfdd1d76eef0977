import { z } from 'zod';
import { approvalId, leaseId } from './ids.ts';
import { count, instant, positive, sha256Hex, signature, text } from './primitives.ts';

/** What an agent job may do beside thinking: each call goes through the runner's tool gateway. */
export const AGENT_TOOLS = ['fs.read', 'fs.write', 'exec', 'http.fetch'] as const;
export type AgentTool = (typeof AGENT_TOOLS)[number];

/** Calls of one attempt at most, whatever the job says: each is an entry of the log. */
export const AGENT_CALLS_MAX = 1_000;
export const AGENT_CALLS_DEFAULT = 200;

/** `ask`: a person is asked before each call. `price_mcu`: what one call costs, out of `budget.extras_mcu`. */
const toolRule = z.strictObject({
  rule: z.enum(['allow', 'ask']).default('allow'),
  price_mcu: count.default(0),
});
export type ToolRule = z.infer<typeof toolRule>;

/** A tool that is not named is refused. */
export const agentTools = z.strictObject({
  'fs.read': toolRule.optional(),
  'fs.write': toolRule.optional(),
  exec: toolRule.optional(),
  'http.fetch': toolRule.optional(),
});

/**
 * What became of a call. `allowed`: by the job's own rule · `approved`: a person said yes · `refused`: outside the envelope,
 * nothing was done · `rejected`: a person did not say yes · `over_budget`: it costs more than is left, nothing was done.
 */
export const ACTION_VERDICTS = ['allowed', 'approved', 'refused', 'rejected', 'over_budget'] as const;
export type ActionVerdict = (typeof ACTION_VERDICTS)[number];

const facts = {
  /** 1 for the first call of an attempt; no gaps. */
  n: positive,
  tool: z.enum(AGENT_TOOLS),
  /** The path, program or host that it was about, secrets hidden. */
  summary: text(300),
  /** SHA-256 of the RFC 8785 form of the arguments. */
  arguments_sha256: sha256Hex,
  verdict: z.enum(ACTION_VERDICTS),
  /** Why it was not done, or failed, in a sentence; null when it went well. */
  detail: text(300).nullable(),
  cost_mcu: count,
  duration_ms: count,
  result_bytes: count,
  /** Of what the agent was given, after redaction. */
  result_sha256: sha256Hex,
  approval_id: approvalId.nullable(),
};
/** One call as it is chained and signed. */
export const actionFacts = z.strictObject(facts);
export type ActionFacts = z.infer<typeof actionFacts>;

/**
 * POST …/leases/{lease_id}/actions. `chain`: SHA-256 of the RFC 8785 form of `{lease_id, fence, after, action}`, `after` being
 * the chain before it ('' for the first). `signature`: the runner's, over `connected-compute/action/v1\n<chain>`. One whose
 * lease is over gets 409 like any write; where it is the attempt's next call it is kept as late, and the problem names its
 * entry as `kept_seq`.
 */
export const actionRequest = z.strictObject({
  fence: positive,
  action: actionFacts,
  chain: sha256Hex,
  signature,
});
export type ActionRequest = z.infer<typeof actionRequest>;
export const actionAnswer = z.object({ n: positive, seq: count });

/** One recorded call of a job. */
export const actionItem = z.object({
  ...facts,
  lease_id: leaseId,
  attempt: positive,
  /** Index in the log of its entry, which is its receipt: chained, signed by the runner, below the signed checkpoint. */
  seq: count,
  at: instant,
  chain: sha256Hex,
  signature,
  /** It came when its lease was over: evidence of what was done, which is not charged. */
  late: z.literal(true).optional(),
});
export type ActionItem = z.infer<typeof actionItem>;
export const actionList = z.object({ items: z.array(actionItem), next_cursor: z.null() });
