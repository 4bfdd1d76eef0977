import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, RunnerError, systemCodeOf } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { SECRETS_LIMIT_BYTES, type Secret, unusableSecretReason } from './redaction/secret-forms.ts';
import { type StateDir, writeWhole } from './state-dir.ts';

const SECRETS_FILE = 'secrets.json';

/** The secrets of one source: a 0600 file beside its key, and names whose values stand in the environment. */
export class SecretStore {
  constructor(
    private readonly stateDir: StateDir,
    private readonly fromEnvironment: ReadonlyMap<string, string> = new Map(),
  ) {}

  get path(): string {
    return join(this.stateDir.path, SECRETS_FILE);
  }

  /** Names in the file, in order. Throws RunnerError 77 (rights too wide) or 65 (damaged). */
  names(): string[] {
    return [...this.#read().keys()].sort();
  }

  /** Throws RunnerError 65 when the value cannot be kept apart from ordinary output. */
  set(name: string, value: string): void {
    refuseUnusable(name, value);
    const secrets = this.#read();
    secrets.set(name, value);
    this.#write(secrets);
  }

  /** Returns whether there was one. */
  remove(name: string): boolean {
    const secrets = this.#read();
    const isKnown = secrets.delete(name);
    if (isKnown) this.#write(secrets);
    return isKnown;
  }

  /**
   * The secrets that a job names. Read anew each time, so that what was set while the runner runs counts.
   * Throws SecretMissing with the names that this source does not hold.
   */
  resolve(names: readonly string[]): Secret[] {
    if (names.length === 0) return [];
    const stored = this.#read();
    const found: Secret[] = [];
    const missing: string[] = [];
    for (const name of new Set(names)) {
      const value = this.fromEnvironment.get(name) ?? stored.get(name);
      if (value === undefined) missing.push(name);
      else found.push({ name, value });
    }
    if (missing.length > 0) throw new SecretMissing(missing);
    if (found.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0) > SECRETS_LIMIT_BYTES)
      throw new Error(`The secrets of this job are longer than ${SECRETS_LIMIT_BYTES / 1024} KiB together.`);
    return found;
  }

  #read(): Map<string, string> {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return new Map();
      throw new RunnerError(EXIT.notPermitted, `${this.path} cannot be read: ${messageOf(error)}.`);
    }
    this.stateDir.refuseForeignRights(this.path, '600');
    try {
      const { v, secrets } = JSON.parse(text) as { v: number; secrets: Record<string, string> };
      const entries = Object.entries(secrets);
      if (v === 1 && entries.every(([, value]) => typeof value === 'string')) return new Map(entries);
    } catch {
      // Falls through to the one answer for every kind of damage.
    }
    throw new RunnerError(EXIT.data, `${this.path} is damaged. Remove it and set the secrets again.`);
  }

  #write(secrets: ReadonlyMap<string, string>): void {
    const sorted = Object.fromEntries([...secrets].sort(([a], [b]) => (a < b ? -1 : 1)));
    writeWhole(this.path, `${JSON.stringify({ v: 1, secrets: sorted }, null, 2)}\n`);
  }
}

/** This source does not hold what the job names. The job is tried again, elsewhere where another source asks. */
export class SecretMissing extends Error {
  constructor(names: readonly string[]) {
    const [which, pronoun] = names.length === 1 ? ['the secret', 'it'] : ['the secrets', 'them'];
    super(`This source does not hold ${which} ${names.join(', ')}. Set ${pronoun} there: secret set ${names[0]}.`);
    this.name = 'SecretMissing';
  }
}

/** Throws RunnerError 65, without the value, when a value cannot be a secret. */
export function refuseUnusable(name: string, value: string): void {
  const reason = unusableSecretReason(value);
  if (reason !== null) throw new RunnerError(EXIT.data, `${name} ${reason}. Nothing was kept.`);
}

/** Takes the named secrets out of an environment, so that nothing started later inherits them. Throws RunnerError 65. */
export function takeFromEnvironment(
  names: readonly string[],
  env: Record<string, string | undefined>,
): Map<string, string> {
  const taken = new Map<string, string>();
  for (const name of names) {
    const value = env[name];
    if (value === undefined || value === '')
      throw new RunnerError(EXIT.data, `${name} is not set in the environment of this runner.`);
    refuseUnusable(name, value);
    delete env[name];
    taken.set(name, value);
  }
  return taken;
}
