import { readFileSync } from 'node:fs';
import type { BudgetLimitItem, Budgets } from '../contract/budget.ts';
import { LIST_LIMIT_MAX } from '../contract/limits.ts';
import { scopeWords } from '../contract/scope-words.ts';
import { cuWords } from '../domain/budgets/words.ts';
import { PLANE_FLAGS, parse, wholeNumber } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = {
  ...PLANE_FLAGS,
  limit: { type: 'string', multiple: true },
  'default-wu-limit-mcu': { type: 'string' },
  'base-version': { type: 'string' },
  reason: { type: 'string' },
  file: { type: 'string' },
  count: { type: 'string' },
} as const;
const USAGE =
  'budget takes show, set --limit SCOPE[/WINDOW]=MCU … | --file FILE [--default-wu-limit-mcu N|none] [--base-version N], refusals or holds.';
const LIMIT_MAX = Number.MAX_SAFE_INTEGER;

/** `budget …`: show, set, refusals, holds. */
export async function budget(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  const [verb] = positionals;
  if (verb === undefined || !['show', 'set', 'refusals', 'holds'].includes(verb))
    throw new ExitError(EXIT.usage, USAGE);
  const body = verb === 'set' ? bodyOf(values) : null;
  const client = new PlaneClient(await findPlane(values));
  const isJson = values.json ?? false;
  const query = { limit: String(wholeNumber('count', values.count, 1, LIST_LIMIT_MAX, 50)) };
  if (verb === 'refusals') {
    const found = await client.call('budgetRefusals', { query });
    return print(printer, isJson, found, 'No job was refused for budget.', [
      ...found.items.map((r) => [r.at, r.wu_id, scopeWords(r.scope), `${cuWords(r.missing_mcu)} missing`, r.title]),
    ]);
  }
  if (verb === 'holds') {
    const found = await client.call('budgetHolds', { query });
    return print(printer, isJson, found, 'Nothing is held.', [
      ...found.items.map((h) => [h.lease_id, h.wu_id, h.source_name, cuWords(h.held_mcu), h.granted_at]),
    ]);
  }
  const shown = body === null ? await client.call('budgets', {}) : await client.call('budgetsPut', { body });
  if (isJson) printer.json(shown);
  else show(printer, shown);
  return EXIT.ok;
}

function print(printer: Printer, isJson: boolean, found: unknown, none: string, rows: string[][]): number {
  if (isJson) printer.json(found);
  else if (rows.length === 0) printer.line(none);
  else for (const line of table(rows)) printer.line(line);
  return EXIT.ok;
}

const lineOf = (l: BudgetLimitItem): string[] => [
  scopeWords(l.scope),
  l.window,
  cuWords(l.limit_mcu),
  `${cuWords(l.spent_mcu)} spent`,
  `${cuWords(l.held_mcu)} held`,
  `${cuWords(l.left_mcu)} left`,
  l.resets_at === null ? '' : `resets ${l.resets_at}`,
  // As --limit takes it.
  `${l.scope}/${l.window}`,
];

function show(printer: Printer, shown: Budgets): void {
  printer.line(`Budgets version ${shown.version}, windows in ${shown.time_zone}`);
  if (shown.limits.length === 0) printer.line('No limit is set.');
  for (const line of table(shown.limits.map(lineOf))) printer.line(line);
  if (shown.default_wu_limit_mcu !== null)
    printer.line(`Every other work unit: ${cuWords(shown.default_wu_limit_mcu)} in total`);
  for (const side of ['byoc', 'managed'] as const) {
    const rates = Object.entries(shown.rates[side]).map(([name, mcu]) => `${name} ${cuWords(mcu)}`);
    printer.line(`${side} per minute: ${rates.join(', ')}`);
  }
  printer.line(`Held for budget: ${jobs(shown.held_jobs)}. Waiting for a limit: ${jobs(shown.waiting_jobs)}.`);
}

const jobs = (count: number): string => `${count} ${count === 1 ? 'job' : 'jobs'}`;

function bodyOf(values: Record<string, unknown>): Record<string, unknown> {
  const base = values['base-version'] as string | undefined;
  const default_ = values['default-wu-limit-mcu'] as string | undefined;
  const limits = values.limit as string[] | undefined;
  const more = {
    ...(base === undefined ? {} : { base_version: wholeNumber('base-version', base, 0, LIMIT_MAX, 0) }),
    ...(values.reason === undefined ? {} : { reason: values.reason }),
    ...(default_ === undefined
      ? {}
      : {
          default_wu_limit_mcu:
            default_ === 'none' ? null : wholeNumber('default-wu-limit-mcu', default_, 0, LIMIT_MAX, 0),
        }),
  };
  if (values.file !== undefined) return { ...fromFile(String(values.file)), ...more };
  if (limits === undefined && default_ === undefined) throw new ExitError(EXIT.usage, USAGE);
  return { ...(limits === undefined ? {} : { limits: limits.map(limitOf) }), ...more };
}

/** `tier:managed/day=600000`; the window is `total` where none is named. */
function limitOf(text: string): { scope: string; window: string; limit_mcu: number } {
  const [, place = '', amount] = /^(.+)=(\d+)$/.exec(text) ?? [];
  if (amount === undefined)
    throw new ExitError(
      EXIT.usage,
      `--limit takes SCOPE[/WINDOW]=MILLI-CU, such as tier:managed/day=600000, not ${text}.`,
    );
  const [, scope = place, window = 'total'] = /^(.*)\/(total|day|week|month)$/.exec(place) ?? [];
  return { scope, window, limit_mcu: wholeNumber('limit', amount, 0, LIMIT_MAX, 0) };
}

function fromFile(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ExitError(EXIT.input, `${file} cannot be read: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new ExitError(EXIT.input, `${file} is not JSON. It takes the body of PUT /budgets.`);
  }
}
