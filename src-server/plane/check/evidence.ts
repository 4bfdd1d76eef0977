import { decodeEntry, type Entry } from '../../ledger/entry.ts';
import { isSucceeded } from '../../ledger/key-succession.ts';
import type { LogEntry } from '../../ledger/log-port.ts';
import { originOf, parseCheckpoint } from '../../ledger/note/checkpoint.ts';
import { verifyCosignature, witnessName } from '../../ledger/note/cosignature.ts';
import { parseNote, verifyNote } from '../../ledger/note/signed-note.ts';
import { leafDigest } from '../../ledger/tree/hashes.ts';
import { MerkleTree } from '../../ledger/tree/merkle-tree.ts';
import type { TypedEntry } from '../engine.ts';
import type { Violation } from './folded-rows.ts';

/**
 * Builds the tree again from the bytes of a log, and judges each checkpoint and cosignature that stands in it: every signed
 * root must be the one that the log has at that size, so all of them are consistent with each other.
 */
export class EvidenceCheck {
  readonly violations: Violation[] = [];
  checkpoints = 0;
  cosignatures = 0;
  private readonly tree: MerkleTree;
  private readonly notes = new Map<number, string>();
  private readonly sessionKeys = new Map<string, Buffer>();

  /**
   * @param workspaceId whose log it is.
   * @param logKeys raw public keys that the plane had, any of which may have signed; null: signatures are not judged.
   * @param leaves reads leaf hashes again for the root of an older size.
   */
  constructor(
    private readonly workspaceId: string,
    private readonly logKeys: readonly Uint8Array[] | null,
    log: { read(from: number, to: number): Iterable<LogEntry> },
  ) {
    this.tree = new MerkleTree(function* (from, to) {
      for (const { line } of log.read(from, to)) yield leafDigest(line);
    });
  }

  get size(): number {
    return this.tree.size;
  }
  root(): Buffer {
    return this.tree.root();
  }

  /** Takes the next entry. */
  take({ seq, line }: LogEntry): void {
    // Most entries hold neither; the text is searched before it is parsed.
    if (
      line.includes('"key.rotated"') ||
      line.includes('"session.registered"') ||
      line.includes('"checkpoint.signed"') ||
      line.includes('"witness.')
    )
      this.judge(decodeEntry(line), seq);
    this.tree.append(leafDigest(line));
  }

  private judge(entry: Entry, seq: number): void {
    const fail = (detail: string): void => void this.violations.push({ invariant: 'I27', seq, detail });
    for (const { type, body } of (entry as unknown as TypedEntry).events) {
      if (type === 'session.registered') this.sessionKeys.set(body.session_id, Buffer.from(body.public_key, 'base64'));
      else if (type === 'key.rotated') {
        if (!isSucceeded(originOf(this.workspaceId), body))
          fail(`the key ${body.fingerprint} is not signed by the one before`);
      } else if (type === 'checkpoint.signed') this.judgeCheckpoint(body.note, body.size, fail);
      else if (type === 'witness.cosigned') {
        this.cosignatures++;
        const key = this.sessionKeys.get(body.session_id);
        const note = this.notes.get(body.size);
        const name = witnessName(this.workspaceId, body.session_id);
        if (key === undefined || note === undefined)
          fail(`a cosignature of ${body.size} entries without its checkpoint`);
        else if (verifyCosignature(parseNote(note).text, body.cosignature, name, key) === null)
          fail(`the cosignature of ${body.size} entries does not hold`);
      }
    }
  }

  private judgeCheckpoint(text: string, size: number, fail: (detail: string) => void): void {
    this.checkpoints++;
    try {
      const note = parseNote(text);
      const said = parseCheckpoint(note.text);
      const origin = originOf(this.workspaceId);
      if (said.size !== size || size > this.tree.size) fail(`a checkpoint of ${said.size} entries where ${size} are`);
      else if (!this.tree.root(size).equals(said.root)) fail(`the root of ${size} entries is another`);
      if (said.origin !== origin) fail(`the checkpoint is of ${said.origin}`);
      if (this.logKeys !== null && !this.logKeys.some((key) => verifyNote(note, origin, key)))
        fail(`no known key signed ${size} entries`);
      this.notes.set(size, text);
    } catch (error) {
      fail((error as Error).message);
    }
  }
}
