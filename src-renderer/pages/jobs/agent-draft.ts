import { AGENT_TOOLS, type AgentTool } from '../../../src-server/contract/agent.ts';
import type { JobSubmit } from '../../../src-server/contract/job.ts';
import type { FieldError } from '../../../src-server/contract/problems.ts';

/** One tool as it is typed: whether it is given at all, and its price in CU as text. */
export interface ToolDraft {
  rule: 'no' | 'allow' | 'ask';
  priceCu: string;
}
/** What an agent job has more than a command. */
export interface AgentDraft {
  tools: Record<AgentTool, ToolDraft>;
  /** Of all calls of an attempt, in CU. */
  ceilingCu: string;
  maxCalls: string;
}

const NO: ToolDraft = { rule: 'no', priceCu: '0' };
/** Reading is given, the rest is a decision. */
export const EMPTY_AGENT: AgentDraft = {
  tools: { 'fs.read': { rule: 'allow', priceCu: '0' }, 'fs.write': NO, exec: NO, 'http.fetch': NO },
  ceilingCu: '0',
  maxCalls: '200',
};

const MILLI = 1_000;
const CU = 'A number of CU, like 0.2.';
const mcuOf = (text: string): number => (text.trim() === '' ? 0 : Math.round(Number(text.replace(',', '.')) * MILLI));
const isCu = (mcu: number): boolean => Number.isSafeInteger(mcu) && mcu >= 0;

/** Reads the form's part of an agent job: what stands beside its program, and what is wrong by JSON pointer. */
export function readAgent({ tools, ceilingCu, maxCalls }: AgentDraft): {
  mcp: Pick<NonNullable<JobSubmit['mcp']>, 'tools' | 'max_calls'>;
  budget: JobSubmit['budget'];
  asks: boolean;
  errors: FieldError[];
} {
  const errors: FieldError[] = [];
  const read = (text: string, pointer: string): number => {
    const mcu = mcuOf(text);
    if (!isCu(mcu)) errors.push({ pointer, message: CU });
    return isCu(mcu) ? mcu : 0;
  };
  const given: NonNullable<JobSubmit['mcp']>['tools'] = {};
  let asks = false;
  const budget = { extras_mcu: read(ceilingCu, '/budget/extras_mcu') };
  for (const tool of AGENT_TOOLS) {
    const { rule, priceCu } = tools[tool];
    if (rule === 'no') continue;
    asks ||= rule === 'ask';
    const pointer = `/mcp/tools/${tool}/price_mcu`;
    const priceMcu = read(priceCu, pointer);
    if (priceMcu > budget.extras_mcu) errors.push({ pointer, message: 'It costs more than the ceiling allows.' });
    given[tool] = { rule, price_mcu: priceMcu };
  }
  const calls = Number(maxCalls);
  if (!Number.isInteger(calls) || calls < 1 || calls > 1_000)
    errors.push({ pointer: '/mcp/max_calls', message: 'From 1 to 1,000.' });
  return { mcp: { tools: given, max_calls: calls }, budget, asks, errors };
}
