import type { ActionFacts, AgentTool, ToolRule } from '../../src-server/contract/agent.ts';
import type { EnvelopePayload } from '../../src-server/contract/runtime.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { sha256Hex } from '../ed25519.ts';
import { messageOf } from '../errors.ts';
import type { ToolAnswer } from '../gateway/main.ts';
import type { ActionRecorder } from './action-recorder.ts';
import { type Call, judgeCall } from './judge-call.ts';
import { AGENT_TOOL_NAMES } from './tool-names.ts';

const DETAIL_LIMIT = 300;

export interface GovernorDependencies {
  payload: EnvelopePayload;
  recorder: Pick<ActionRecorder, 'record' | 'tally'>;
  clock: Clock;
  /** Does a call that was let through. */
  perform: (call: Call, signal: AbortSignal) => Promise<string>;
  /** Asks a person; null where the job may not ask. */
  ask: ((reason: string, signal: AbortSignal) => Promise<{ approval_id: string | null; status: string }>) | null;
  /** Hides secrets, in what is recorded and in what the agent is given. */
  redact: (text: string) => string;
  tell: (text: string) => void;
  /** Aborted once the attempt is being ended: what is in hand ends, and nothing more is begun. */
  ending: AbortSignal;
}

interface Outcome {
  verdict: ActionFacts['verdict'];
  text: string;
  isError: boolean;
  approvalId?: string | null;
  costMcu?: number;
}

const no = (verdict: ActionFacts['verdict'], text: string, approvalId: string | null = null): Outcome => ({
  verdict,
  text,
  isError: true,
  approvalId,
});

/**
 * Lets the calls of one attempt through, one at a time: each is held against the envelope, the budget and, where the job
 * says so, a person; done; recorded; and only then answered. Once a call did not fit the budget or was not approved, nothing
 * more is done: the plane ends the attempt.
 */
export class Governor {
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  readonly #closing = new AbortController();

  constructor(private readonly dependencies: GovernorDependencies) {}

  /** No further call is done. Resolves when the one in hand is recorded or given up. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.abort();
    return this.#last.then(
      () => undefined,
      () => undefined,
    );
  }

  call(name: string, args: unknown, signal: AbortSignal): Promise<ToolAnswer> {
    const turn = this.#last.then(
      () => this.#call(name, args, signal),
      () => this.#call(name, args, signal),
    );
    this.#last = turn;
    return turn;
  }

  async #call(name: string, args: unknown, signal: AbortSignal): Promise<ToolAnswer> {
    const { payload, recorder, redact, tell, clock, ending } = this.dependencies;
    if (this.#isClosed || ending.aborted) return { text: 'The attempt is being ended.', isError: true };
    if (!isTool(name)) return { text: `There is no tool ${name.slice(0, 60)}.`, isError: true };
    const limit = payload.job.mcp?.max_calls ?? 0;
    if (recorder.tally.count >= limit)
      return { text: `The job may make ${limit} calls, and made them.`, isError: true };
    const started = clock.now().monoMs;
    const { summary, outcome } = await this.#decide(name, args, signal);
    const text = redact(outcome.text);
    const facts: Omit<ActionFacts, 'n'> = {
      tool: name,
      summary: redact(summary).slice(0, DETAIL_LIMIT),
      arguments_sha256: sha256Hex(digestible(args)),
      verdict: outcome.verdict,
      detail: outcome.isError ? plainOf(text).slice(0, DETAIL_LIMIT) : null,
      cost_mcu: outcome.costMcu ?? 0,
      duration_ms: Math.max(0, Math.round(clock.now().monoMs - started)),
      result_bytes: Buffer.byteLength(text),
      result_sha256: sha256Hex(text),
      approval_id: outcome.approvalId ?? null,
    };
    if (outcome.verdict === 'over_budget' || outcome.verdict === 'rejected') this.#isClosed = true;
    tell(`${facts.verdict === 'allowed' ? '' : `${facts.verdict.replace('_', ' ')}: `}${name} ${facts.summary}`);
    try {
      await recorder.record(facts);
    } catch (error) {
      // What is not on the record is not handed out: the attempt goes no further.
      this.#isClosed = true;
      return { text: `The call could not be recorded: ${messageOf(error)}`, isError: true };
    }
    return { text, isError: outcome.isError };
  }

  async #decide(tool: AgentTool, args: unknown, signal: AbortSignal): Promise<{ summary: string; outcome: Outcome }> {
    const { payload, recorder } = this.dependencies;
    const judged = judgeCall(tool, args, payload);
    const { summary } = judged;
    if ('refusal' in judged) return { summary, outcome: no('refused', judged.refusal) };
    const rule = payload.job.mcp?.tools[tool] as ToolRule;
    const ceiling = payload.job.budget.extras_mcu;
    const leftMcu = ceiling - recorder.tally.cost_mcu;
    if (rule.price_mcu > leftMcu) {
      const words = `The call costs ${rule.price_mcu} milli-CU, ${leftMcu} of ${ceiling} are left. The attempt is being ended.`;
      return { summary, outcome: no('over_budget', words) };
    }
    const approved = rule.rule === 'ask' ? await this.#asked(tool, summary) : null;
    if (approved !== null && 'text' in approved) return { summary, outcome: approved };
    if (signal.aborted || this.#isClosed || this.dependencies.ending.aborted)
      return { summary, outcome: no('refused', 'It was taken back before it was done.') };
    return { summary, outcome: await this.#done(judged.call, rule, approved?.approvalId ?? null, signal) };
  }

  async #asked(tool: AgentTool, summary: string): Promise<Outcome | { approvalId: string }> {
    const { ask, redact } = this.dependencies;
    if (ask === null) return no('rejected', 'The job may not ask for approval.');
    const reason = redact(`The agent job asks for ${tool}: ${summary}`);
    const answer = await ask(reason, this.#closing.signal).catch(() => null);
    if (answer === null || answer.status === 'pending')
      return no('refused', 'The attempt was ended before anybody answered.');
    const { approval_id: approvalId, status } = answer;
    if (status === 'approved' && approvalId !== null) return { approvalId };
    return no('rejected', `The approval was ${status}.`, approvalId);
  }

  /** Costs its price once it was begun, also when it fails. */
  async #done(call: Call, rule: ToolRule, approvalId: string | null, signal: AbortSignal): Promise<Outcome> {
    const { perform, ending } = this.dependencies;
    const verdict = approvalId === null ? 'allowed' : 'approved';
    const common = { verdict, approvalId, costMcu: rule.price_mcu } as const;
    try {
      const text = await perform(call, AbortSignal.any([signal, ending]));
      // A program that was killed with its attempt has a result like any other; it is not one.
      if (!ending.aborted) return { ...common, text, isError: false };
    } catch (error) {
      if (!ending.aborted) return { ...common, text: messageOf(error), isError: true };
    }
    return { ...common, text: 'It was ended together with its attempt.', isError: true };
  }
}

const isTool = (name: string): name is AgentTool => AGENT_TOOL_NAMES.some((each) => each === name);
const plainOf = (text: string): string => text.replace(/[\u0000-\u001f\u007f]/g, ' ').trim() || 'It failed.';

/** Arguments come from an agent: what has no canonical form still has one as JSON. */
function digestible(args: unknown): string {
  try {
    return canonicalJson(args);
  } catch {
    return JSON.stringify(args);
  }
}
