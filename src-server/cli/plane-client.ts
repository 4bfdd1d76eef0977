import { createWriteStream, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { z } from 'zod';
import { problem } from '../contract/problems.ts';
import type { RouteSpec } from '../contract/routes/route-spec.ts';
import { ROUTES, type RouteId } from '../contract/routes.ts';
import { readConsoleFile } from './console-file.ts';
import { defaultDataDir } from './data-dir.ts';
import { EXIT, ExitError } from './exit-codes.ts';

type AnswerOf<R extends RouteId> = (typeof ROUTES)[R]['answers'] extends infer A
  ? { [S in keyof A]: A[S] extends z.ZodType ? z.infer<A[S]> : never }[keyof A]
  : never;

export interface PlaneAddress {
  url: string;
  token: string;
  workspaceId: string;
}

/** Where the plane is: `--url` with `--token-file`, else the running plane of the data directory. */
export async function findPlane(flags: {
  'data-dir'?: string;
  url?: string;
  'token-file'?: string;
  workspace?: string;
}): Promise<PlaneAddress> {
  if (flags.url !== undefined) {
    if (flags['token-file'] === undefined)
      throw new ExitError(EXIT.usage, 'With --url, give --token-file FILE: a file that holds the operator token.');
    const token = readToken(flags['token-file']);
    const address = { url: flags.url.replace(/\/$/, ''), token, workspaceId: flags.workspace ?? '' };
    if (address.workspaceId === '') address.workspaceId = await firstWorkspace(address);
    return address;
  }
  const dataDir = flags['data-dir'] ?? defaultDataDir();
  const found = readConsoleFile(dataDir);
  if (found === null)
    throw new ExitError(
      EXIT.unavailable,
      `No control plane has written ${dataDir}/console.json. Start one: connected-compute serve --data-dir ${dataDir}`,
    );
  if (found.operator_token === undefined) {
    throw new ExitError(
      EXIT.notPermitted,
      'The desktop app hosts this control plane. Turn on Settings, About, "Allow the command line" there first.',
    );
  }
  return { url: found.url, token: found.operator_token, workspaceId: flags.workspace ?? found.workspace_id };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ExitError(EXIT.input, `${file} cannot be read: ${(error as Error).message}`);
  }
}

async function firstWorkspace(address: PlaneAddress): Promise<string> {
  const list = await new PlaneClient(address).call('workspaces', {});
  const first = list.items[0];
  if (first === undefined) throw new ExitError(EXIT.unavailable, 'This control plane has no workspace.');
  return first.workspace_id;
}

/** Calls the plane by the table of routes; a problem becomes its own sentence and an exit code. */
export class PlaneClient {
  constructor(private readonly address: PlaneAddress) {}

  async call<R extends RouteId>(
    id: R,
    options: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown; key?: string },
  ): Promise<AnswerOf<R>> {
    const response = await this.send(id, options);
    const text = await response.text();
    if (!response.ok) throw problemExit(response.status, text);
    if (text === '') return undefined as AnswerOf<R>;
    const answer = safeJson(text);
    if (answer === null)
      throw new ExitError(
        EXIT.unavailable,
        `${this.address.url} answers, but not as a control plane does. Check --url.`,
      );
    return answer as AnswerOf<R>;
  }

  /** An answer that is plain text. */
  async text(id: RouteId): Promise<string> {
    const response = await this.send(id, {});
    const text = await response.text();
    if (!response.ok) throw problemExit(response.status, text);
    return text;
  }

  /**
   * Writes an answer's bytes to a file, which has its name only when all of them are there.
   * @returns the file's size.
   */
  async download(id: RouteId, options: { body?: unknown }, file: string): Promise<number> {
    const response = await this.send(id, options);
    if (!response.ok || response.body === null) throw problemExit(response.status, await response.text());
    const unfinished = `${file}.part`;
    try {
      await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(unfinished, { mode: 0o600 }));
      renameSync(unfinished, file);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw new ExitError(EXIT.unavailable, `${file} was not written: ${(error as Error).message}.`);
    }
    return statSync(file).size;
  }

  private async send(
    id: RouteId,
    options: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown; key?: string },
  ): Promise<Response> {
    const route: RouteSpec = ROUTES[id];
    const params: Record<string, string> = { workspace_id: this.address.workspaceId, ...options.params };
    const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const query = new URLSearchParams(options.query).toString();
    try {
      return await fetch(`${this.address.url}${path}${query === '' ? '' : `?${query}`}`, {
        method: route.method,
        redirect: 'error',
        headers: {
          authorization: `Bearer ${this.address.token}`,
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(options.key === undefined ? {} : { 'idempotency-key': options.key }),
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      });
    } catch (error) {
      throw new ExitError(
        EXIT.unavailable,
        `The control plane at ${this.address.url} does not answer (${(error as Error).message}). Is it running?`,
      );
    }
  }
}

function problemExit(status: number, text: string): ExitError {
  const parsed = problem.safeParse(safeJson(text));
  if (!parsed.success) return new ExitError(EXIT.unavailable, `The control plane answered ${status}.`);
  const { code, detail, errors } = parsed.data;
  const fields = (errors ?? []).map((e) => `\n  ${e.pointer}: ${e.message}`).join('');
  const exit = status === 401 || status === 403 ? EXIT.notPermitted : status >= 500 ? EXIT.unavailable : EXIT.input;
  return new ExitError(exit, `${detail} (${code})${fields}`);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
