import type { KeyObject } from 'node:crypto';
import type { EnvelopePayload } from '../src-server/contract/runtime.ts';
import type { Ending, Stop } from './attempt-context.ts';
import type { Collected } from './collect-outputs.ts';
import { duration, type Printer, plain } from './printer.ts';
import { type RunRecord, runReceipt, type StreamReceipt } from './receipt.ts';
import type { Settlement } from './settle.ts';

/** The body of a settlement is at most 1 MiB, receipt and all. */
const OUTPUT_LIST_LIMIT_BYTES = 512 * 1024;
const REFUSED_LIMIT = 100;
const REFUSED_SHOWN = 10;
const DETAIL_LIMIT = 500;
const PATH_LIMIT = 1_024;

const OUTCOME_OF_STOP: Readonly<Record<Exclude<Stop['kind'], 'given_back'>, RunRecord['outcome']>> = {
  canceled: 'canceled',
  stopped: 'failed',
  timed_out: 'timed_out',
  lost: 'lost',
};

/** The outcome of a command that ended, or was ended. */
export function outcomeOf(stop: Stop | null, exitCode: number | null): RunRecord['outcome'] {
  if (stop !== null && stop.kind !== 'given_back') return OUTCOME_OF_STOP[stop.kind];
  return exitCode === 0 ? 'succeeded' : 'failed';
}

/** The route on which an outcome is settled. */
export function verbOf(outcome: RunRecord['outcome']): 'complete' | 'fail' {
  return outcome === 'succeeded' || outcome === 'canceled' ? 'complete' : 'fail';
}

const sizeOf = ({ size_bytes, truncated }: StreamReceipt) => ({ size_bytes, truncated });

/** What an attempt tells the plane at its end. */
export interface Result {
  payload: EnvelopePayload;
  record: RunRecord;
  ending: Ending;
  collected: Collected;
  stop: Stop | null;
}

/** The settlement's body, with the signed run receipt. */
export function settlementBody({ payload, record, ending, collected, stop }: Result, privateKey: KeyObject): object {
  const isListSendable = Buffer.byteLength(JSON.stringify(record.outputs)) <= OUTPUT_LIST_LIMIT_BYTES;
  const details = [ending.detail, stop?.detail];
  if (ending.leftovers > 0) details.push(`${ending.leftovers} processes could not be ended.`);
  if (!isListSendable) details.push(`${record.outputs.length} outputs are stored; their list is too long to send.`);
  const detail = details.filter(Boolean).join(' ').slice(0, DETAIL_LIMIT);
  return {
    fence: payload.fence,
    outcome: record.outcome,
    exit_code: record.exitCode,
    extras_mcu: record.actions?.cost_mcu ?? 0,
    usage: { runtime_ms: record.runtimeMs, ...(ending.cpuMs === null ? {} : { cpu_ms: ending.cpuMs }) },
    outputs: isListSendable ? record.outputs : [],
    refused_outputs: collected.refused
      .slice(0, REFUSED_LIMIT)
      .map(({ path, reason }) => ({ path: plain(path).slice(0, PATH_LIMIT), reason })),
    log: { stdout: sizeOf(record.log.stdout), stderr: sizeOf(record.log.stderr) },
    ...(detail === '' ? {} : { detail: plain(detail) }),
    run_receipt: runReceipt(payload, record, privateKey),
  };
}

/** Tells people how an attempt ended and what the plane said to it. */
export function tellResult(
  { payload, record, ending, collected }: Result,
  settlement: Settlement,
  printer: Printer,
): void {
  const name = plain(payload.job.wu_id);
  const how = record.exitCode === null ? (record.signal ?? 'no exit code') : `exit ${record.exitCode}`;
  const artifacts = record.outputs.length === 1 ? '1 artifact' : `${record.outputs.length} artifacts`;
  printer.say(`${name} ${record.outcome.replace('_', ' ')}: ${how} after ${duration(record.runtimeMs)}, ${artifacts}.`);
  if (ending.detail !== null) printer.warn(`${name}: ${plain(ending.detail)}`);
  for (const { path, reason } of collected.refused.slice(0, REFUSED_SHOWN)) {
    printer.warn(`Output ${plain(path)} not taken: ${reason}.`);
  }
  const unshown = collected.refused.length - REFUSED_SHOWN;
  if (unshown > 0) printer.warn(`${unshown} more outputs not taken.`);
  if (ending.leftovers > 0) printer.warn(`${ending.leftovers} processes of ${name} could not be ended.`);
  const token = `token ${payload.fence}`;
  if (settlement.kind === 'superseded') printer.warn(`Late write with ${token} rejected. ${plain(settlement.detail)}`);
  if (settlement.kind === 'refused')
    printer.warn(`The plane refused the result with ${token}. ${plain(settlement.detail)}`);
  if (settlement.kind === 'given_up')
    printer.warn(`The result with ${token} did not reach the plane: ${settlement.detail}`);
}
