import type { EventBodies, PlaneEvent } from '../contract/events.ts';
import { ProblemError } from '../contract/problems.ts';
import type { Role } from '../contract/terms.ts';
import { decodeEntry, type Entry, encodeEntry } from '../ledger/entry.ts';
import { LogError } from '../ledger/errors.ts';
import { GroupCommit } from '../ledger/group-commit.ts';
import type { KeySuccession } from '../ledger/key-succession.ts';
import type { LogPort } from '../ledger/log-port.ts';
import { formatCheckpoint, originOf } from '../ledger/note/checkpoint.ts';
import { signNote } from '../ledger/note/signed-note.ts';
import { leafDigest } from '../ledger/tree/hashes.ts';
import { treeOf } from '../ledger/tree/log-tree.ts';
import type { MerkleTree } from '../ledger/tree/merkle-tree.ts';
import type { Anchor } from './anchor.ts';
import { type Clock, instantOf, type Timers } from './clock.ts';
import type { TypedEntry } from './engine.ts';
import type { Ids } from './ids.ts';
import type { LogSigner } from './keys.ts';
import type { OperatorRecord } from './operators.ts';
import type { Random } from './random.ts';
import { storageProblem } from './storage-problem.ts';

export const PLANE_WORKSPACE = 'ws_plane';
export interface WorkspaceRecord {
  workspaceId: string;
  name: string;
  createdAt: string;
}

/** The plane's own log: its operators and its list of workspaces. Same engine as a workspace's, no jobs. */
export class PlaneLog {
  readonly operators = new Map<string, OperatorRecord>();
  readonly workspaces = new Map<string, WorkspaceRecord>();
  publicKey: string | null = null;
  /** Keys that followed one another by their own signatures, oldest first. */
  succession: KeySuccession[] = [];
  private readonly commit: GroupCommit;
  private readonly tree: MerkleTree;
  private head: string;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly log: LogPort,
    private readonly parts: {
      clock: Clock;
      ids: Ids;
      random: Random;
      timers: Timers;
      boot: string;
      /** The disk failed for good. */
      onFailed?: (error: unknown) => void;
      /** Signs its head after each change; without it none is signed. */
      signer?: LogSigner;
      /** Keeps the last signed head outside of the data directory. */
      anchor?: Pick<Anchor, 'note'>;
    },
    private readonly isReadOnly = false,
  ) {
    this.commit = new GroupCommit(log, (run) => parts.timers.soon(run));
    this.head = log.headHash;
    this.tree = treeOf(log, null);
    for (const { line } of log.read(0)) this.apply(decodeEntry(line) as unknown as TypedEntry);
  }

  async recordKey(publicKey: string, fingerprint: string): Promise<void> {
    await this.emit('plane', [{ type: 'key.created', body: { public_key: publicKey, fingerprint } }]);
  }

  async recordRotation(body: EventBodies['key.rotated']): Promise<void> {
    await this.emit('plane', [{ type: 'key.rotated', body }]);
  }

  async addWorkspace(actor: string, workspaceId: string, name: string): Promise<WorkspaceRecord> {
    await this.emit(actor, [{ type: 'config.workspace', body: { workspace_id: workspaceId, name } }]);
    return this.workspaces.get(workspaceId) as WorkspaceRecord;
  }

  async addOperator(actor: string, name: string, role: Role, tokenSha256: string): Promise<OperatorRecord> {
    const operatorId = this.parts.ids.make('operator');
    await this.emit(actor, [
      { type: 'config.operator', body: { operator_id: operatorId, name, role, token_sha256: tokenSha256 } },
    ]);
    return this.operators.get(operatorId) as OperatorRecord;
  }

  async revokeOperator(actor: string, operatorId: string): Promise<void> {
    await this.emit(actor, [{ type: 'config.operator_revoked', body: { operator_id: operatorId } }]);
  }

  /** Closes the log; everything that was acknowledged is on disk already. */
  close(): Promise<void> {
    return this.log.close();
  }

  /**
   * Runs a change after those before it have ended, so that what it checks is still so when it is written.
   * @throws ProblemError of the change; `storage.full`, `storage.failed`.
   */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.tail.then(change);
    this.tail = done.catch(() => undefined);
    return done;
  }

  /** Root over its first entries, for the comparison with what was signed before. */
  rootAt(size: number): Buffer {
    return this.tree.root(size);
  }

  private async emit(actor: string, events: PlaneEvent[]): Promise<void> {
    await this.write(actor, events);
    // The change is on disk and stands; a head that cannot be signed now is signed with the next change.
    await this.sign().catch(() => undefined);
  }

  /** Signs the head, and keeps it where a copy of the data directory does not reach. */
  private async sign(): Promise<void> {
    const { signer, anchor } = this.parts;
    if (signer === undefined) return;
    const origin = originOf(PLANE_WORKSPACE);
    const { size } = this.tree;
    const root = this.tree.root();
    const note = signNote(formatCheckpoint({ origin, size, root }), { ...signer, name: origin });
    await this.write('plane', [{ type: 'checkpoint.signed', body: { size, root: root.toString('base64'), note } }]);
    anchor?.note({ origin, size, root }, 0);
  }

  private async write(actor: string, events: PlaneEvent[]): Promise<void> {
    if (this.isReadOnly)
      throw new ProblemError(
        'plane.read_only',
        'This control plane was opened read-only. Start it without --read-only.',
      );
    const { clock, random, boot } = this.parts;
    const fields = {
      seq: this.commit.nextSeq,
      ws: PLANE_WORKSPACE,
      at: instantOf(clock.wallMs()),
      boot,
      mono: clock.monoMs(),
      batch: this.commit.openBatch,
      actor: { kind: actor === 'plane' ? ('plane' as const) : ('operator' as const), id: actor },
      ref: {},
      salt: random.bytes(16),
      events: events as unknown as Entry['events'],
    };
    const { line, hash } = encodeEntry(fields, this.head);
    try {
      this.commit.stage(line);
      await this.commit.durable(fields.seq);
    } catch (error) {
      // Nothing was written; with room again the next change goes on from what the disk holds.
      if (error instanceof LogError && error.code === 'storage.full') this.commit.reset(this.log);
      else this.parts.onFailed?.(error);
      throw storageProblem(error);
    }
    this.head = hash;
    this.tree.append(leafDigest(line));
    this.apply(fields as unknown as TypedEntry);
  }

  private apply(entry: TypedEntry): void {
    for (const { type, body } of entry.events) {
      if (type === 'key.created') {
        this.publicKey = body.public_key;
        // A key that nobody signed for begins anew.
        this.succession = [];
      } else if (type === 'key.rotated') {
        const { fingerprint: _fingerprint, ...step } = body;
        this.publicKey = body.public_key;
        this.succession.push(step);
      }
      if (type === 'config.workspace')
        this.workspaces.set(body.workspace_id, {
          workspaceId: body.workspace_id,
          name: body.name,
          createdAt: entry.at,
        });
      else if (type === 'config.operator') {
        this.operators.set(body.operator_id, {
          operatorId: body.operator_id,
          name: body.name,
          role: body.role,
          tokenSha256: body.token_sha256,
          createdAt: entry.at,
          revokedAt: null,
        });
      } else if (type === 'config.operator_revoked') {
        const record = this.operators.get(body.operator_id);
        if (record !== undefined) record.revokedAt = entry.at;
      }
    }
  }
}
