import {
  REMOTES_PATH,
  type Remote,
  type RemoteCheck,
  remoteAdded,
  remoteList,
  remoteTest,
} from '../contract/console.ts';
import { problem } from '../contract/problems.ts';
import { PLANE_FLAGS, parse } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { readSecret } from './hidden-input.ts';
import { findPlane, type PlaneAddress } from './plane-client.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = { ...PLANE_FLAGS, colour: { type: 'string' }, 'remote-token-file': { type: 'string' } } as const;
const USAGE = 'Say workspace list, add URL, test ID or remove ID. See connected-compute --help.';
const TOKEN = /cco_[0-9A-Za-z]{8,}/;
const MARKS = { passed: 'ok  ', warned: 'warn', failed: 'FAIL', skipped: '–   ' } as const;

/** `workspace`: the remote workspaces of the running console. */
export async function workspace(args: string[], printer: Printer): Promise<number> {
  if (args.some((word) => TOKEN.test(word)))
    throw new ExitError(
      EXIT.usage,
      'A token stands on the command line, where others can read it. Nothing was sent. Leave it out: it is asked for at a hidden prompt, or read from standard input or --remote-token-file. Revoke this one and make another.',
    );
  const { values, positionals } = parse(args, FLAGS);
  const [action, subject] = positionals;
  const address = await findPlane(values);
  const isJson = values.json === true;
  if (action === 'list') return list(address, printer, isJson);
  if (subject === undefined) throw new ExitError(EXIT.usage, USAGE);
  if (action === 'add') {
    const token = await readSecret('operator token', values['remote-token-file'], process.stdin, process.stderr);
    const body = { url: subject, token, ...(values.colour === undefined ? {} : { colour: values.colour }) };
    return add(address, printer, isJson, body);
  }
  if (action === 'test') return test(address, printer, isJson, subject);
  if (action === 'remove') {
    await consoleCall(address, 'DELETE', `/${encodeURIComponent(subject)}`);
    if (isJson) printer.json({ removed: subject });
    else printer.line(`Removed ${subject}. Its token is forgotten here; revoke it there if nobody else uses it.`);
    return EXIT.ok;
  }
  throw new ExitError(EXIT.usage, USAGE);
}

async function list(address: PlaneAddress, printer: Printer, isJson: boolean): Promise<number> {
  const { json } = await consoleCall(address, 'GET', '');
  const found = remoteList.parse(json);
  if (isJson) printer.json(found);
  else if (found.items.length === 0) printer.line('No remote workspaces. Add one: connected-compute workspace add URL');
  else for (const line of table(found.items.flatMap(rows))) printer.line(line);
  return EXIT.ok;
}

const rows = ({ remote_id, url, colour, workspaces }: Remote): string[][] =>
  workspaces.map(({ name, workspace_id }) => [name, workspace_id, remote_id, colour, url]);

async function add(address: PlaneAddress, printer: Printer, isJson: boolean, body: object): Promise<number> {
  const answer = await consoleCall(address, 'POST', '', body, ['remote.test_failed']);
  if (answer.status !== 201) {
    const { checks } = answer.json as { checks: RemoteCheck[] };
    if (isJson) printer.json({ remote: null, checks });
    else tellChecks(printer, checks);
    return EXIT.failed;
  }
  const added = remoteAdded.parse(answer.json);
  if (isJson) printer.json(added);
  else {
    tellChecks(printer, added.test.checks);
    for (const { name, workspace_id } of added.remote.workspaces)
      printer.line(`Added ${name} (${workspace_id}) as ${added.remote.remote_id}, ${added.remote.colour}.`);
  }
  return EXIT.ok;
}

async function test(address: PlaneAddress, printer: Printer, isJson: boolean, id: string): Promise<number> {
  const found = remoteTest.parse((await consoleCall(address, 'POST', `/${encodeURIComponent(id)}/test`, {})).json);
  if (isJson) printer.json(found);
  else tellChecks(printer, found.checks);
  return found.passed ? EXIT.ok : EXIT.failed;
}

function tellChecks(printer: Printer, checks: readonly RemoteCheck[]): void {
  for (const { id, outcome, detail, sentence } of checks)
    printer.line(`${MARKS[outcome]}  ${id.padEnd(12)}${sentence ?? detail}`.trimEnd());
}

/** One call of the console's host; a problem becomes its sentence and an exit code unless its code is expected. */
async function consoleCall(
  address: PlaneAddress,
  method: string,
  below: string,
  body?: object,
  expected: readonly string[] = [],
): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${address.url}${REMOTES_PATH}${below}`, {
    method,
    redirect: 'error',
    headers: {
      authorization: `Bearer ${address.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: Error) => {
    throw new ExitError(EXIT.unavailable, `The console at ${address.url} does not answer (${error.message}).`);
  });
  const text = await response.text();
  const json: unknown = text === '' ? null : JSON.parse(text);
  if (response.ok) return { status: response.status, json };
  const { code, detail } = problem.parse(json);
  if (expected.includes(code)) return { status: response.status, json };
  if (response.status === 404 && below === '')
    throw new ExitError(EXIT.unavailable, 'The desktop app keeps its remote workspaces itself: Settings, Workspaces.');
  const exit = response.status === 401 || response.status === 403 ? EXIT.notPermitted : EXIT.input;
  throw new ExitError(exit, `${detail} (${code})`);
}
