import type { ApprovalChange, ApprovalDetail, ApprovalEffects } from '../../../src-server/contract/approval.ts';
import type { SessionInfo } from '../../../src-server/contract/workspace.ts';
import { formatCu } from '../../format/number.ts';

/** Lines of the command as the source will get them: a shell script by its lines, else program and arguments. */
export const commandLines = (command: ApprovalEffects['command']): string[] => {
  if (command === null) return [];
  if (command.shell) return (command.argv[0] ?? '').split('\n');
  return [command.argv.map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : JSON.stringify(part))).join(' ')];
};

/** `none`, `egress` or `private:lab` in words. */
export const networkWords = (network: string): string => {
  if (network === 'none') return 'No network';
  if (network === 'egress') return 'Network: egress';
  return `Network: ${network}`;
};

/** `Cost at most 4 CU`, with how often it may be tried. */
export const costWords = ({ worst_cost_mcu, max_attempts }: ApprovalEffects): { cost: string; note: string } => ({
  cost: worst_cost_mcu === 0 ? 'nothing' : `at most ${formatCu(worst_cost_mcu)}`,
  note: max_attempts === 1 ? 'one attempt' : `an attempt, up to ${max_attempts} attempts`,
});

const valueText = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
/** One change as the lines that go and the lines that come, each with the field it belongs to. */
export const changeLines = ({ pointer, before, after }: ApprovalChange): { sign: '−' | '+'; text: string }[] => {
  const field = pointer.replace(/^\//, '').replaceAll('/', '.');
  return [
    ...(before === null ? [] : [{ sign: '−' as const, text: `${field}: ${valueText(before)}` }]),
    ...(after === null ? [] : [{ sign: '+' as const, text: `${field}: ${valueText(after)}` }]),
  ];
};

/** Why this reader cannot approve it; undefined when they can. Rejecting asks only for the right. */
export const approveLack = (
  detail: Pick<ApprovalDetail, 'four_eyes' | 'not_by'>,
  session: SessionInfo | undefined,
  lack: string | undefined,
): string | undefined => {
  if (lack !== undefined) return lack;
  if (!detail.four_eyes || session === undefined) return undefined;
  const isMine = detail.not_by.includes(session.operator.name) || detail.not_by.includes(session.operator.operator_id);
  return isMine ? 'Four-eyes: you asked for it, so somebody else approves it.' : undefined;
};
