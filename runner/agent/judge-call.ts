import type { AgentTool } from '../../src-server/contract/agent.ts';
import type { EnvelopePayload } from '../../src-server/contract/runtime.ts';
import { type HostPort, plainHost } from '../confinement/destination.ts';
import { targetsOf } from '../confinement/egress-rules.ts';
import { unsafePathReason } from '../safe-path.ts';

/** Bytes that one call may read, write, send or get; what comes back is cut there and says so. */
export const CALL_BYTES_LIMIT = 256 * 1024;
const ARGV_LIMIT = 256;
const ARGUMENT_CHARS_LIMIT = 8_192;
const EXEC_DEFAULT_MS = 120_000;
const EXEC_LIMIT_MS = 3_600_000;
const SUMMARY_LIMIT = 200;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const HEADERS_LIMIT = 50;
/** Set by this runner, or meant for a proxy. */
const OWN_HEADERS = ['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'te', 'trailer'];

export type Call =
  | { tool: 'fs.read'; path: string; offset: number; lengthBytes: number }
  | { tool: 'fs.write'; path: string; text: string; append: boolean }
  | { tool: 'exec'; argv: string[]; timeoutMs: number }
  | { tool: 'http.fetch'; url: URL; target: HostPort; method: string; headers: Record<string, string>; body: string };

/** A call that stays inside the envelope, or why it does not; `summary` says what it is about either way. */
export type Judged = { summary: string } & ({ call: Call } | { refusal: string });

type Arguments = Record<string, unknown>;
const isText = (value: unknown): value is string => typeof value === 'string';
const shown = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .trim()
    .slice(0, SUMMARY_LIMIT) || '(nothing)';

/** Only what a tool reads may be sent: a misspelt name would be ignored in silence. */
function strangerOf(args: Arguments, names: readonly string[]): string | null {
  const name = Object.keys(args).find((each) => !names.includes(each));
  return name === undefined ? null : `It has no argument ${shown(name)}; it takes ${names.join(', ')}.`;
}

function judgePath(path: unknown, isRoot: boolean): string | null {
  if (!isText(path)) return 'Give path as text.';
  if (isRoot && (path === '' || path === '.')) return null;
  const reason = unsafePathReason(path);
  return reason === null ? null : `The path is not one below the work directory: ${reason}.`;
}

const wholeOf = (value: unknown, fallback: number, max: number): number | null => {
  if (value === undefined) return fallback;
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max ? (value as number) : null;
};

function judgeRead(args: Arguments): Judged {
  const summary = shown(String(args.path ?? ''));
  const refusal = strangerOf(args, ['path', 'offset', 'length']) ?? judgePath(args.path, true);
  if (refusal !== null) return { summary, refusal };
  const offset = wholeOf(args.offset, 0, Number.MAX_SAFE_INTEGER);
  const lengthBytes = wholeOf(args.length, CALL_BYTES_LIMIT, CALL_BYTES_LIMIT);
  if (offset === null || lengthBytes === null)
    return { summary, refusal: `offset and length are whole bytes, length at most ${CALL_BYTES_LIMIT}.` };
  return { summary, call: { tool: 'fs.read', path: args.path as string, offset, lengthBytes } };
}

function judgeWrite(args: Arguments): Judged {
  const { path, text, append = false } = args;
  const sizeBytes = isText(text) ? Buffer.byteLength(text) : 0;
  const summary = shown(`${String(path ?? '')}, ${sizeBytes} bytes`);
  const refusal = strangerOf(args, ['path', 'text', 'append']) ?? judgePath(path, false);
  if (refusal !== null) return { summary, refusal };
  if (!isText(text) || typeof append !== 'boolean')
    return { summary, refusal: 'Give text, and append as true or false.' };
  if (sizeBytes > CALL_BYTES_LIMIT)
    return {
      summary,
      refusal: `The text has ${sizeBytes} bytes, a call may write ${CALL_BYTES_LIMIT}. Append in parts.`,
    };
  return { summary, call: { tool: 'fs.write', path: path as string, text, append } };
}

function judgeExec(args: Arguments): Judged {
  const { argv } = args;
  const isArgv = Array.isArray(argv) && argv.length > 0 && argv.length <= ARGV_LIMIT && argv.every(isText);
  const summary = shown(isArgv ? argv.join(' ') : '');
  const stranger = strangerOf(args, ['argv', 'timeout_ms']);
  if (stranger !== null) return { summary, refusal: stranger };
  if (!isArgv || argv[0] === '') return { summary, refusal: 'Give argv: the program and its arguments, as texts.' };
  if (argv.some((each: string) => each.includes('\0') || each.length > ARGUMENT_CHARS_LIMIT))
    return { summary, refusal: `An argument has no NUL and at most ${ARGUMENT_CHARS_LIMIT} characters.` };
  const timeoutMs = wholeOf(args.timeout_ms, EXEC_DEFAULT_MS, EXEC_LIMIT_MS);
  if (timeoutMs === null || timeoutMs < 1)
    return { summary, refusal: `timeout_ms is a whole number up to ${EXEC_LIMIT_MS}.` };
  return { summary, call: { tool: 'exec', argv, timeoutMs } };
}

/** Header names and values that can be sent as they are; null when one cannot. */
function headersOf(value: unknown): Record<string, string> | null {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  const isFine = ([name, text]: [string, unknown]): boolean =>
    /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name) &&
    isText(text) &&
    text.length <= ARGUMENT_CHARS_LIMIT &&
    /^[\t\x20-\x7e]*$/.test(text) &&
    !OWN_HEADERS.includes(name.toLowerCase()) &&
    !name.toLowerCase().startsWith('proxy-');
  return entries.length <= HEADERS_LIMIT && entries.every(isFine) ? Object.fromEntries(entries) : null;
}

const ADDRESS = 'Give url as http://… or https://…, without a name or password in it.';

function judgeFetch(args: Arguments, targets: readonly HostPort[]): Judged {
  const { url: address, method = 'GET', body = '' } = args;
  const url =
    isText(address) && address.length <= ARGUMENT_CHARS_LIMIT && URL.canParse(address) ? new URL(address) : null;
  // The query may hold anything; the host, port and path say what it is about.
  const summary = shown(url === null ? '' : `${String(method)} ${url.origin}${url.pathname}`);
  const stranger = strangerOf(args, ['url', 'method', 'headers', 'body']);
  if (stranger !== null) return { summary, refusal: stranger };
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return { summary, refusal: ADDRESS };
  if (!isText(method) || !METHODS.includes(method))
    return { summary, refusal: `method is one of ${METHODS.join(', ')}.` };
  const headers = headersOf(args.headers);
  if (headers === null)
    return { summary, refusal: 'headers are names with plain texts, none of those the runner sets.' };
  if (!isText(body) || Buffer.byteLength(body) > CALL_BYTES_LIMIT)
    return { summary, refusal: `body is text of at most ${CALL_BYTES_LIMIT} bytes.` };
  const host = plainHost(url.hostname.replace(/^\[|\]$/g, ''));
  const target = { host, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)) };
  if (!targets.some((each) => each.host === target.host && each.port === target.port))
    return { summary, refusal: `${target.host}:${target.port} is not granted to this job.` };
  return { summary, call: { tool: 'http.fetch', url, target, method, headers, body } };
}

/** Holds a call against the signed envelope. Pure: what the disk or the network say of it is found when it is done. */
export function judgeCall(
  tool: AgentTool,
  args: unknown,
  payload: Pick<EnvelopePayload, 'grants'> & { job: Pick<EnvelopePayload['job'], 'network' | 'egress' | 'mcp'> },
): Judged {
  if (typeof args !== 'object' || args === null || Array.isArray(args))
    return { summary: '(nothing)', refusal: 'Its arguments are not an object.' };
  const judged = judgeArguments(tool, args as Arguments, payload);
  if (payload.job.mcp?.tools[tool] !== undefined) return judged;
  return { summary: judged.summary, refusal: `${tool} is not a tool of this job.` };
}

function judgeArguments(tool: AgentTool, args: Arguments, payload: Parameters<typeof judgeCall>[2]): Judged {
  switch (tool) {
    case 'fs.read':
      return judgeRead(args);
    case 'fs.write':
      return judgeWrite(args);
    case 'exec':
      return judgeExec(args);
    case 'http.fetch':
      return judgeFetch(args, targetsOf(payload));
  }
}
