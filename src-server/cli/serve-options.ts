import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LEASE_TTL_MAX_MS, LEASE_TTL_MIN_MS } from '../contract/limits.ts';
import { defaultAnchorDir } from '../plane/anchor.ts';
import { parse, wholeNumber } from './arguments.ts';
import { defaultDataDir } from './data-dir.ts';
import { EXIT, ExitError } from './exit-codes.ts';

const FLAGS = {
  'data-dir': { type: 'string' },
  'anchor-dir': { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  'public-url': { type: 'string' },
  'lease-ttl-ms': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'read-only': { type: 'boolean' },
} as const;

/** Everything that `serve` was told. */
export interface ServeOptions {
  dataDir: string;
  /** Where the last signed heads of the logs stand, outside of the data directory. */
  anchorDir: string;
  listenHost: string;
  port: number;
  publicUrl: string | null;
  leaseTtlMs: number | undefined;
  tls: { cert: Buffer; key: Buffer } | undefined;
  /** Show what can be read, and change nothing. */
  isReadOnly: boolean;
}

const isLoopback = (host: string): boolean => host === '127.0.0.1' || host === 'localhost' || host === '::1';

/** Reads the flags of `serve`. @throws ExitError 64 for what cannot be, 2 for a file that cannot be read. */
export function serveOptions(args: string[]): ServeOptions {
  const { values } = parse(args, FLAGS);
  const listenHost = values.host ?? '127.0.0.1';
  const publicUrl = values['public-url'] ?? null;
  if (
    publicUrl !== null &&
    !/^https:\/\/[^/]+\/?$/.test(publicUrl) &&
    !/^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/?$/.test(publicUrl)
  ) {
    throw new ExitError(EXIT.usage, '--public-url takes an https:// address without a path, as runners reach it.');
  }
  if (!isLoopback(listenHost) && publicUrl === null) {
    throw new ExitError(
      EXIT.usage,
      `--host ${listenHost} is reachable from outside, so it needs --public-url https://… as well.`,
    );
  }
  if ((values['tls-cert'] === undefined) !== (values['tls-key'] === undefined))
    throw new ExitError(EXIT.usage, '--tls-cert and --tls-key go together.');
  const tls =
    values['tls-cert'] === undefined
      ? undefined
      : { cert: readInput(values['tls-cert']), key: readInput(values['tls-key'] as string) };
  return {
    dataDir: resolve(values['data-dir'] ?? defaultDataDir()),
    anchorDir: resolve(values['anchor-dir'] ?? defaultAnchorDir(process.env)),
    listenHost,
    port: wholeNumber('port', values.port, 0, 65_535, 0),
    publicUrl: publicUrl?.replace(/\/$/, '') ?? null,
    leaseTtlMs:
      values['lease-ttl-ms'] === undefined
        ? undefined
        : wholeNumber('lease-ttl-ms', values['lease-ttl-ms'], LEASE_TTL_MIN_MS, LEASE_TTL_MAX_MS, 0),
    tls,
    isReadOnly: values['read-only'] === true,
  };
}

function readInput(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ExitError(EXIT.input, `${path} cannot be read: ${(error as Error).message}`);
  }
}
