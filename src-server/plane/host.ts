import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { ProblemError } from '../contract/problems.ts';
import { trimPasted } from '../domain/credentials/format.ts';
import { type DirectoryLock, lockDirectory } from '../ledger/directory-lock.ts';
import { decodeEntry } from '../ledger/entry.ts';
import { LedgerForkedError } from '../ledger/errors.ts';
import type { KeySuccession } from '../ledger/key-succession.ts';
import type { LogPort } from '../ledger/log-port.ts';
import { originOf } from '../ledger/note/checkpoint.ts';
import { openFileLog } from '../ledger/open-file-log.ts';
import { Anchor } from './anchor.ts';
import type { Clock, Timers } from './clock.ts';
import type { TypedEntry } from './engine.ts';
import { FileBlobs } from './files/file-blobs.ts';
import { FileRunLogs } from './files/file-run-logs.ts';
import { SignInFile } from './files/kept-sign-ins.ts';
import type { BlobStore, RunLogs } from './files-port.ts';
import { Ids } from './ids.ts';
import { loadPlaneKey, type PlaneKey, readPlaneKey } from './keys.ts';
import { MeterOutbox, type MeterPort } from './metering/meter-outbox.ts';
import { openReadable, openReadableLog } from './open-readable.ts';
import { openWorkspace, type PlaneParts } from './open-workspace.ts';
import { type Operator, Operators } from './operators.ts';
import { PLANE_WORKSPACE, PlaneLog } from './plane-log.ts';
import type { Random } from './random.ts';
import { finishRotation, rotateKey } from './rotate-key.ts';
import { RuntimeTokens } from './runtime-tokens.ts';
import { TICK_MS } from './timers.ts';
import type { Workspace } from './workspace.ts';

export type { Operator, OperatorRecord } from './operators.ts';

export interface HostedWorkspace {
  workspaceId: string;
  name: string;
  createdAt: string;
  workspace: Workspace;
  blobs: BlobStore;
  runLogs: RunLogs;
}

export interface HostOptions {
  dataDir: string;
  version: string;
  hostedBy: 'desktop' | 'serve';
  clock: Clock;
  timers: Timers;
  random: Random;
  /** Where the last signed heads stand outside of the data directory; without it a rollback is not seen. */
  anchorDir?: string;
  /**
   * Goes on from an older copy, for this reason: the rollback is recorded and fences leap, nothing is signed and no anchor is
   * asked or written. The caller closes the host and replaces the key.
   */
  acceptRollback?: string;
  /** Opens what can be read, damaged or not, and changes nothing: no lock, no entry, no anchor. */
  isReadOnly?: boolean;
  /** Lease time of the first workspace, ms; left as it is when undefined. */
  leaseTtlMs?: number;
  /** Told of managed use; without one it stays here. */
  meter?: MeterPort;
  /** The disk failed for good: the process has to stop. */
  onFailed?: (error: unknown) => void;
}

/**
 * Everything of one data directory: its lock, its key, its operators and its workspaces, ticking.
 */
export class Host {
  readonly tokens: RuntimeTokens;
  readonly operators: Operators;
  /** What recovery cut, per workspace, for the ready line. */
  readonly recovered: Record<string, { cut_bytes: number; cut_lines: number }> = {};
  private readonly hosted = new Map<string, HostedWorkspace>();
  private readonly outboxes: MeterOutbox[] = [];
  private stopTicking: () => void = () => undefined;

  private constructor(
    private readonly options: HostOptions,
    private readonly lock: Pick<DirectoryLock, 'release'>,
    readonly key: PlaneKey,
    private readonly planeLog: PlaneLog,
    private readonly parts: PlaneParts,
  ) {
    this.tokens = parts.tokens;
    const store = options.isReadOnly === true ? null : new SignInFile(`${options.dataDir}/plane/sign-ins.json`);
    this.operators = new Operators(planeLog, options.clock, options.random, store);
  }

  /**
   * Opens a data directory, or makes it.
   * @throws DirectoryLockedError when another process works on it; LedgerDamagedError and its kin, with nothing changed.
   */
  static async open(options: HostOptions): Promise<Host> {
    const { dataDir, clock, random, timers } = options;
    const isReadOnly = options.isReadOnly === true;
    if (!isReadOnly) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const lock = isReadOnly ? { release: () => undefined } : lockDirectory(dataDir);
    try {
      const keyPath = `${dataDir}/plane.key`;
      if (!isReadOnly && existsSync(`${keyPath}.next`)) {
        const { log } = await openReadableLog(`${dataDir}/plane`, { clock });
        finishRotation(keyPath, () => newestKey(log));
      }
      const { key, isNew } = isReadOnly ? { key: readPlaneKey(keyPath), isNew: false } : loadPlaneKey(keyPath);
      const anchor =
        options.anchorDir === undefined ? undefined : Anchor.open(options.anchorDir, key.log.publicKey, clock, timers);
      const ids = new Ids(clock, random);
      const parts: PlaneParts = {
        clock,
        ids,
        random,
        timers,
        tokens: new RuntimeTokens(clock, random),
        boot: random.bytes(8).toString('hex'),
        ...(options.acceptRollback === undefined
          ? { signer: key.log, ...(anchor === undefined ? {} : { anchor }) }
          : { rollback: { reason: options.acceptRollback, lineOf: (origin) => anchor?.lineOf(origin) ?? null } }),
        ...(options.onFailed === undefined ? {} : { onFailed: options.onFailed }),
      };
      if (!isReadOnly) mkdirSync(`${dataDir}/plane`, { recursive: true, mode: 0o700 });
      const { log } = isReadOnly
        ? await openReadableLog(`${dataDir}/plane`, parts)
        : await openFileLog({
            directory: `${dataDir}/plane/log`,
            nowMs: () => clock.monoMs(),
            atLeastSeq: parts.anchor?.lineOf(originOf(PLANE_WORKSPACE))?.size ?? 0,
          });
      const planeLog = new PlaneLog(log, parts, isReadOnly);
      assertContinued(planeLog, parts.anchor);
      if (!isReadOnly && (isNew || planeLog.publicKey !== key.publicKeyBase64))
        await planeLog.recordKey(key.publicKeyBase64, key.fingerprint);
      const host = new Host(options, lock, key, planeLog, parts);
      await host.openAll();
      if (options.acceptRollback === undefined) host.stopTicking = timers.every(TICK_MS, () => host.tick());
      return host;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Keys of this plane that followed one another, for runners that pinned an earlier one. */
  get succession(): readonly KeySuccession[] {
    return this.planeLog.succession;
  }

  /** Makes a new key that the old one signs for in every log; it is in force from the next start on. */
  rotateKey(): Promise<PlaneKey> {
    const engines = this.workspaces().map(({ workspace }) => workspace.engine);
    return this.planeLog.inTurn(() => rotateKey(`${this.dataDir}/plane.key`, this.key, engines, this.planeLog));
  }

  get version(): string {
    return this.options.version;
  }
  get clock(): Clock {
    return this.options.clock;
  }
  get random(): Random {
    return this.options.random;
  }
  get timers(): Timers {
    return this.options.timers;
  }
  /** Why the last signed heads cannot be written outside of the data directory; null while they can. */
  get anchorProblem(): string | null {
    return this.parts.anchor?.problem ?? null;
  }
  get hostedBy(): 'desktop' | 'serve' {
    return this.options.hostedBy;
  }
  get dataDir(): string {
    return this.options.dataDir;
  }

  workspaces(): HostedWorkspace[] {
    return [...this.hosted.values()];
  }

  workspaceOf(workspaceId: string): HostedWorkspace | undefined {
    return this.hosted.get(workspaceId);
  }

  /** The workspace that knows this session. */
  ofSession(sessionId: string): HostedWorkspace | undefined {
    return this.workspaces().find((h) => h.workspace.engine.hot.fleet.sessions.has(sessionId));
  }

  /** The workspace that issued this credential or registration token. */
  ofCredential(credential: string): HostedWorkspace | undefined {
    const hash = createHash('sha256').update(trimPasted(credential)).digest('hex');
    return this.workspaces().find(({ workspace }) => {
      const { enrollmentByHash, poolTokenByHash } = workspace.engine.hot;
      return enrollmentByHash.has(hash) || poolTokenByHash.has(hash);
    });
  }

  /** The workspace of an API key that is in force, and the key's prefix; null for any other. */
  ofApiKey(key: string): { hosted: HostedWorkspace; prefix: string } | null {
    const hash = createHash('sha256').update(key).digest('hex');
    for (const hosted of this.workspaces()) {
      const { sdk } = hosted.workspace.engine.hot;
      const prefix = sdk.keyByHash.get(hash);
      if (prefix !== undefined && sdk.keys.get(prefix)?.revokedAt === null) return { hosted, prefix };
    }
    return null;
  }

  /** @throws ProblemError `conflict.state` when the name is taken; `storage.full`. */
  createWorkspace(actor: string, name: string): Promise<HostedWorkspace> {
    return this.planeLog.inTurn(async () => {
      if (this.workspaces().some((h) => h.name === name))
        throw new ProblemError('conflict.state', `A workspace named ${name} exists. Choose another name.`);
      const record = await this.planeLog.addWorkspace(actor, this.parts.ids.make('workspace'), name);
      return this.openOne(record.workspaceId, record.name, record.createdAt, undefined);
    });
  }

  authenticate(token: string): Operator | null {
    return this.operators.authenticate(token);
  }

  /** Stops granting, puts everything on disk, frees the directory. */
  async close(): Promise<void> {
    this.stopTicking();
    for (const outbox of this.outboxes) outbox.close();
    for (const { workspace, runLogs } of this.hosted.values()) {
      await workspace.stop();
      await runLogs.close();
    }
    await this.parts.anchor?.close();
    await this.planeLog.close();
    this.lock.release();
  }

  private tick(): void {
    for (const { workspace } of this.hosted.values()) workspace.tick();
    for (const outbox of this.outboxes) void outbox.tick();
  }

  private async openAll(): Promise<void> {
    if (this.planeLog.workspaces.size === 0 && this.options.isReadOnly !== true)
      await this.planeLog.addWorkspace('plane', this.parts.ids.make('workspace'), firstName());
    let isFirst = true;
    for (const { workspaceId, name, createdAt } of this.planeLog.workspaces.values()) {
      await this.openOne(workspaceId, name, createdAt, isFirst ? this.options.leaseTtlMs : undefined);
      isFirst = false;
    }
  }

  private async openOne(
    workspaceId: string,
    name: string,
    createdAt: string,
    leaseTtlMs: number | undefined,
  ): Promise<HostedWorkspace> {
    // The first workspace lives at the top of the data directory, the others below `workspaces/`.
    const isFirst = this.planeLog.workspaces.keys().next().value === workspaceId;
    const directory = isFirst ? this.dataDir : `${this.dataDir}/workspaces/${workspaceId}`;
    const isReadOnly = this.options.isReadOnly === true;
    if (!isReadOnly) mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { workspace, recovered } = isReadOnly
      ? { workspace: await openReadable(directory, workspaceId, this.parts), recovered: null }
      : await openWorkspace(directory, workspaceId, name, leaseTtlMs, this.parts);
    if (recovered !== null) this.recovered[workspaceId] = recovered;
    const hosted: HostedWorkspace = {
      workspaceId,
      get name() {
        return workspace.engine.state.head.config.name;
      },
      createdAt,
      workspace,
      blobs: new FileBlobs(`${directory}/blobs`, this.random, isReadOnly),
      runLogs: new FileRunLogs(`${directory}/runs`, this.timers, isReadOnly),
    };
    workspace.engine.observers.push(({ events }) => {
      // Readers that follow the output of an attempt learn that nothing more comes.
      for (const { type, body } of events)
        if (type === 'lease.released' || type === 'lease.expired' || type === 'lease.revoked')
          hosted.runLogs.end(body.assignment_run_id);
    });
    if (this.options.meter !== undefined) this.outboxes.push(new MeterOutbox(workspace, this.options.meter));
    this.hosted.set(workspaceId, hosted);
    return hosted;
  }
}

/** The key that a plane's own log names last. */
function newestKey(log: LogPort): string | null {
  let newest: string | null = null;
  for (const { line } of log.read(0))
    for (const { type, body } of (decodeEntry(line) as unknown as TypedEntry).events)
      if (type === 'key.created' || type === 'key.rotated') newest = body.public_key;
  return newest;
}

/** @throws LedgerForkedError when the operators' log is another than the one whose head was signed. */
function assertContinued(planeLog: PlaneLog, anchor: Anchor | undefined): void {
  const line = anchor?.lineOf(originOf(PLANE_WORKSPACE)) ?? null;
  if (line !== null && planeLog.rootAt(line.size).toString('base64') !== line.root)
    throw new LedgerForkedError(line.size);
}

/** A fresh plane is named after this machine, as far as a name allows it. */
function firstName(): string {
  const name = (hostname() || userInfo().username)
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return name.slice(0, 40) || 'local';
}
