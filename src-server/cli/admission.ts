import type { Admission } from '../contract/admission.ts';
import { ADMISSION_EXPIRES_MAX_MS, ADMISSION_EXPIRES_MIN_MS, LIST_LIMIT_MAX } from '../contract/limits.ts';
import { PLANE_FLAGS, parse, wholeNumber } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { hostOf } from './host-argument.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = {
  ...PLANE_FLAGS,
  reason: { type: 'string' },
  status: { type: 'string' },
  network: { type: 'string' },
  source: { type: 'string' },
  host: { type: 'string', multiple: true },
  'expires-ms': { type: 'string' },
} as const;

/** `admission …`: list, show, request, grant, reject, revoke. */
export async function admission(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  const [verb, subject] = positionals;
  const json = values.json ?? false;
  const client = new PlaneClient(await findPlane(values));
  const reason = values.reason === undefined ? {} : { reason: values.reason };
  const hosts = values.host === undefined ? {} : { hosts: values.host.map(hostOf) };
  const expires =
    values['expires-ms'] === undefined
      ? {}
      : {
          expires_ms: wholeNumber(
            'expires-ms',
            values['expires-ms'],
            ADMISSION_EXPIRES_MIN_MS,
            ADMISSION_EXPIRES_MAX_MS,
            0,
          ),
        };
  if (verb === 'list') return list(client, printer, json, values);
  if (verb === 'request') {
    if (values.network === undefined || values.source === undefined || values.host === undefined)
      throw new ExitError(
        EXIT.usage,
        'admission request needs --network private:NAME, --source ID and --host HOST:PORT.',
      );
    const body = { network: values.network, source_id: values.source, ...hosts, ...expires, ...reason };
    return print(printer, json, await client.call('admissionRequest', { body }));
  }
  if (subject === undefined)
    throw new ExitError(EXIT.usage, 'admission takes list, request, show ID, grant ID, reject ID or revoke ID.');
  const params = { admission_id: subject };
  switch (verb) {
    case 'show':
      return print(printer, json, await client.call('admission', { params }));
    case 'grant': {
      const body = { decision: 'granted', ...hosts, ...expires, ...reason };
      return print(printer, json, await client.call('admissionDecide', { params, body }));
    }
    case 'reject':
      return print(
        printer,
        json,
        await client.call('admissionDecide', { params, body: { decision: 'rejected', ...reason } }),
      );
    case 'revoke':
      return print(printer, json, await client.call('admissionRevoke', { params, body: reason }));
    default:
      throw new ExitError(
        EXIT.usage,
        `admission has no ${verb}. It takes list, show, request, grant, reject and revoke.`,
      );
  }
}

const lineOf = (a: Admission): string[] => [a.admission_id, a.network, a.source_name, a.status, a.sentence];

async function list(
  client: PlaneClient,
  printer: Printer,
  json: boolean,
  values: { status?: string; network?: string; source?: string },
): Promise<number> {
  const query = {
    limit: String(LIST_LIMIT_MAX),
    ...(values.status === undefined ? {} : { status: values.status }),
    ...(values.network === undefined ? {} : { network: values.network }),
    ...(values.source === undefined ? {} : { source_id: values.source }),
  };
  const found = await client.call('admissions', { query });
  if (json) printer.json(found);
  else if (found.items.length === 0)
    printer.line('No admissions. Jobs of a private network wait until one is granted.');
  else for (const line of table(found.items.map(lineOf))) printer.line(line);
  return EXIT.ok;
}

function print(printer: Printer, json: boolean, found: Admission): number {
  if (json) printer.json(found);
  else printer.line(`${found.admission_id} ${found.status}. ${found.sentence}`);
  return EXIT.ok;
}
