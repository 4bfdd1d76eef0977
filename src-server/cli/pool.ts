import { LIST_LIMIT_MAX } from '../contract/limits.ts';
import type { Pool, PoolDetail, PoolPatch } from '../contract/pool.ts';
import { COMPUTE_CLASSES, type ComputeClass, SIDES } from '../contract/terms.ts';
import { PLANE_FLAGS, parse, wholeNumber } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { DEFAULT_POOL, findPoolNamed, localPool } from './local-pool.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = {
  ...PLANE_FLAGS,
  reason: { type: 'string' },
  name: { type: 'string' },
  side: { type: 'string' },
  capacity: { type: 'string' },
  class: { type: 'string', multiple: true },
  'end-sessions': { type: 'boolean' },
  runners: { type: 'string' },
  'runner-capacity': { type: 'string' },
} as const;
const RUNNERS_MAX = 50;
const CAPACITY_DEFAULT = 20;
const USAGE =
  'pool takes list, show POOL, create [NAME], change POOL [--name N] [--class C …] [--capacity N], token POOL [--class C], revoke-token POOL TOKEN_ID [--end-sessions] or local [--runners N].';

interface Call {
  client: PlaneClient;
  printer: Printer;
  json: boolean;
}
type Values = ReturnType<typeof parse<typeof FLAGS>>['values'];

/** `pool …`: list, show, create, change, token, revoke-token, local. A pool is named by its id or its name. */
export async function pool(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  const [verb, subject, second] = positionals;
  const client = new PlaneClient(await findPlane(values));
  const call: Call = { client, printer, json: values.json ?? false };
  switch (verb) {
    case 'list':
      return list(call);
    case 'create':
      return create(call, subject ?? DEFAULT_POOL, values);
    case 'local':
      return localPool(client, printer, {
        name: subject ?? DEFAULT_POOL,
        runners: wholeNumber('runners', values.runners, 1, RUNNERS_MAX, 3),
        runnerCapacity: wholeNumber('runner-capacity', values['runner-capacity'], 1, 1_000, 1),
        isJson: call.json,
      });
  }
  if (subject === undefined || (verb === 'revoke-token' && second === undefined))
    throw new ExitError(EXIT.usage, USAGE);
  const params = { pool_id: await idOf(client, subject) };
  switch (verb) {
    case 'show':
      return show(call, await client.call('pool', { params }));
    case 'change':
      return show(call, await client.call('poolPatch', { params, body: changesOf(values) }));
    case 'token':
      return token(call, params, classesOf(values)[0]);
    case 'revoke-token':
      return show(
        call,
        await client.call('poolTokenRevoke', {
          params: { ...params, token_id: second as string },
          body: {
            end_sessions: values['end-sessions'] ?? false,
            ...(values.reason === undefined ? {} : { reason: values.reason }),
          },
        }),
      );
    default:
      throw new ExitError(EXIT.usage, USAGE);
  }
}

async function idOf(client: PlaneClient, subject: string): Promise<string> {
  if (subject.startsWith('pool_')) return subject;
  const found = await findPoolNamed(client, subject);
  if (found === null) throw new ExitError(EXIT.input, `There is no pool ${subject}. See: connected-compute pool list`);
  return found.pool_id;
}

const lineOf = (p: Pool): string[] => [
  p.pool_id,
  p.name,
  p.side,
  p.revoked ? 'revoked' : p.state,
  p.compute_classes.join(','),
  `${p.in_use} of ${p.capacity} slots`,
  `${p.runners.online} of ${p.runners.online + p.runners.late + p.runners.offline + p.runners.quarantined} runners online`,
];

async function list({ client, printer, json }: Call): Promise<number> {
  const found = await client.call('pools', { query: { limit: String(LIST_LIMIT_MAX) } });
  if (json) printer.json(found);
  else if (found.items.length === 0)
    printer.line('No pools yet. Register one: connected-compute pool create lumenflow_managed --class cpu-small');
  else for (const line of table(found.items.map(lineOf))) printer.line(line);
  return EXIT.ok;
}

function classesOf(values: Values): string[] {
  const classes = (values.class ?? []).flatMap((text) => text.split(','));
  for (const name of classes)
    if (!(COMPUTE_CLASSES as readonly string[]).includes(name))
      throw new ExitError(EXIT.usage, `--class takes ${COMPUTE_CLASSES.join(', ')}, not ${name}.`);
  return classes;
}

/** What `change` was asked to change. @throws ExitError 64 when nothing. */
function changesOf(values: Values): PoolPatch {
  const classes = classesOf(values) as ComputeClass[];
  const patch: PoolPatch = {
    ...(values.name === undefined ? {} : { name: values.name }),
    ...(classes.length === 0 ? {} : { compute_classes: classes }),
    ...(values.capacity === undefined ? {} : { capacity: wholeNumber('capacity', values.capacity, 1, 1_000, 1) }),
  };
  if (Object.keys(patch).length === 0)
    throw new ExitError(EXIT.usage, 'pool change needs --name N, --class C (may be repeated) or --capacity N.');
  return patch;
}

async function create({ client, printer, json }: Call, name: string, values: Values): Promise<number> {
  const side = values.side ?? 'managed';
  if (!(SIDES as readonly string[]).includes(side))
    throw new ExitError(EXIT.usage, `--side takes ${SIDES.join(' or ')}.`);
  const classes = classesOf(values);
  const made = await client.call('poolCreate', {
    body: {
      name,
      side,
      capacity: wholeNumber('capacity', values.capacity, 1, 1_000, CAPACITY_DEFAULT),
      ...(classes.length === 0 ? {} : { compute_classes: classes }),
    },
  });
  if (json) printer.json(made);
  else
    printer.line(
      `Registered ${made.name} as ${made.pool_id} with ${made.capacity} slots. Next: connected-compute pool token ${made.name}`,
    );
  return EXIT.ok;
}

async function token(
  { client, printer, json }: Call,
  params: { pool_id: string },
  computeClass?: string,
): Promise<number> {
  const made = await client.call('poolTokenCreate', {
    params,
    body: computeClass === undefined ? {} : { compute_class: computeClass },
  });
  if (json) {
    printer.json(made);
    return EXIT.ok;
  }
  printer.line(
    `Registration token ${made.token_id}, shown once, good for many runners until it is revoked:\n\n  ${made.token}\n`,
  );
  printer.line(`Connect a runner (asks for the token at a hidden prompt):\n\n${made.commands.bash.connect}\n`);
  printer.line(`Run it:\n\n${made.commands.bash.run}`);
  return EXIT.ok;
}

function show({ printer, json }: Call, found: PoolDetail): number {
  if (json) {
    printer.json(found);
    return EXIT.ok;
  }
  for (const line of table([lineOf(found)])) printer.line(line);
  for (const line of table(
    found.token_list.map((t) => [
      `  ${t.token_id}`,
      t.compute_class ?? 'any class',
      `${t.runners} runners`,
      t.revoked_at === null ? 'in force' : `revoked ${t.revoked_at}`,
    ]),
  ))
    printer.line(line);
  for (const line of table(
    found.runner_list.map((r) => [
      `  ${r.session_id}`,
      r.compute_class,
      r.health,
      r.state,
      `${r.in_use} of ${r.offered}`,
      r.health_reason ?? '',
    ]),
  ))
    printer.line(line);
  return EXIT.ok;
}
