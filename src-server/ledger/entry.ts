import { isAscii, isUtf8 } from 'node:buffer';
import { ENTRY_LIMIT_BYTES } from '../contract/limits.ts';
import { EntryError, entryTooLarge } from './errors.ts';
import { sha256Hex } from './hashing.ts';
import { jsonBytes } from './json-bytes.ts';

/** Version of the entry that this program writes. Older ones are lifted by `upcast`, newer ones are refused. */
export const ENTRY_VERSION = 1;
export const SALT_BYTES = 16;

/** Who caused the entry. `plane` is the control plane itself (sweeps, start, clock). */
export interface EntryActor {
  kind: 'operator' | 'runner' | 'plane' | 'api_key';
  id: string;
}
/** What the entry speaks of (`job`, `attempt`, `fence`, …), one job at most. */
export type EntryRef = Record<string, string | number>;
export interface EntryEvent {
  /** One of the closed list of event types; this codec does not know the list. */
  type: string;
  /** Plain JSON without floats. */
  body: Record<string, unknown>;
}

/** One atomic outcome with all its events. Members stand in the order in which they are written. */
export interface Entry {
  v: number;
  seq: number;
  /** Workspace id, or `ws_plane`. */
  ws: string;
  /** RFC 3339 UTC with milliseconds; for display only. */
  at: string;
  /** Identifies one start of the plane; `mono` is comparable only within it. */
  boot: string;
  /** The plane's monotonic clock, whole milliseconds. */
  mono: number;
  /** Seq of the first entry of the batch that was written and synced together with this one. */
  batch: number;
  actor: EntryActor;
  ref: EntryRef;
  /** SHA-256 hex of the previous line's bytes. */
  prev: string;
  /** 16 random bytes in lower-case hex, so that a digest of an entry reveals nothing about its content. */
  salt: string;
  events: EntryEvent[];
}

/** What the caller provides; version and `prev` are added by `encodeEntry`. */
export interface EntryFields extends Omit<Entry, 'v' | 'prev' | 'salt'> {
  /** 16 random bytes. */
  salt: Buffer;
}

const MEMBERS = ['v', 'seq', 'ws', 'at', 'boot', 'mono', 'batch', 'actor', 'ref', 'prev', 'salt', 'events'] as const;
const ACTOR_KINDS: ReadonlySet<unknown> = new Set<EntryActor['kind']>(['operator', 'runner', 'plane', 'api_key']);
const HASH_PATTERN = /^[0-9a-f]{64}$/;
const SALT_PATTERN = /^[0-9a-f]{32}$/;
const INSTANT_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const LF = 10;

/** The entries of a batch mostly share their instant, and each names the hash that the one before was given. */
let goodAt = '';
let goodPrev = '';

/**
 * Builds the exact bytes of an entry.
 * @param prevHash SHA-256 hex of the previous line, 64 zeros for the first.
 * @returns the line without newline, and its hash (the next entry's `prev`).
 * @throws EntryError `entry.malformed` (a float, an unsafe integer, not plain JSON, a bad envelope field), `entry.too_large`.
 */
export function encodeEntry(fields: EntryFields, prevHash: string): { line: Buffer; hash: string } {
  const { seq, ws, at, boot, mono, batch, actor, ref, events } = fields;
  if (fields.salt.length !== SALT_BYTES) throw malformed(`the salt must be ${SALT_BYTES} bytes`);
  const salt = fields.salt.toString('hex');
  // The literal fixes the order of the members; it is part of the format.
  const entry: Entry = {
    v: ENTRY_VERSION,
    seq,
    ws,
    at,
    boot,
    mono,
    batch,
    actor: { kind: actor.kind, id: actor.id },
    ref,
    prev: prevHash,
    salt,
    events,
  };
  checkEnvelope(entry);
  checkTexts(at, prevHash);
  const line = kept(jsonBytes(entry));
  goodAt = at;
  goodPrev = sha256Hex(line);
  return { line, hash: goodPrev };
}

/** Checks what `encodeEntry` is told as text, but for what the entry before has shown to be good. */
function checkTexts(at: string, prevHash: string): void {
  if (at !== goodAt && !INSTANT_PATTERN.test(at)) throw malformed('at is not an instant');
  if (prevHash !== goodPrev && !HASH_PATTERN.test(prevHash)) throw malformed('prev is not a SHA-256');
}

/** Lines are cut from slabs: Node's own pool of 8 KB holds five, and whoever allocates one pays for its collection too. */
const SLAB_BYTES = 256 * 1024;
let slab = Buffer.alloc(0);
let slabUsed = 0;

/** A copy that stays. */
function kept(bytes: Buffer): Buffer {
  if (slabUsed + bytes.length > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    slabUsed = 0;
  }
  const from = slabUsed;
  slabUsed += bytes.copy(slab, from);
  return slab.subarray(from, slabUsed);
}

/**
 * Reads an entry's bytes: JSON, version, and the form of the envelope. Event bodies are taken as they are.
 * @throws EntryError `entry.malformed`, `entry.too_large`, `schema.newer`.
 */
export function decodeEntry(line: Buffer): Entry {
  if (line.length > ENTRY_LIMIT_BYTES) throw entryTooLarge(line.length);
  if (line.includes(LF)) throw malformed('a newline inside');
  // A decoder would replace invalid bytes in silence, and a flipped byte would go unseen.
  if (!isUtf8(line)) throw malformed('not UTF-8');
  const parsed = upcast(parseJson(line));
  checkMembers(parsed);
  const entry = parsed as unknown as Entry;
  checkEnvelope(entry);
  if (!INSTANT_PATTERN.test(entry.at)) throw malformed('at is not an instant');
  if (!HASH_PATTERN.test(entry.prev)) throw malformed('prev is not a SHA-256');
  if (!SALT_PATTERN.test(entry.salt)) throw malformed('salt is not 16 bytes in hex');
  return entry;
}

/**
 * Reads an entry whose bytes the chain vouches for: this program wrote and checked them, so only the version is looked at.
 * @throws EntryError `entry.malformed`, `schema.newer`.
 */
export const parseVerifiedEntry = (line: Buffer): Entry => upcastVerified(parseJson(line));

/** The same of what was parsed already. */
export const upcastVerified = (parsed: ParsedLine): Entry => upcast(parsed) as unknown as Entry;

/** A line as JSON says it, before anything of it was checked; null when it is none. */
export type ParsedLine = Record<string, unknown>;
export function parseLine(line: Buffer): ParsedLine | null {
  try {
    return parseJson(line);
  } catch {
    return null;
  }
}

/** The one place where entries of older versions are lifted to today's form. There is only version 1 so far. */
function upcast(parsed: Record<string, unknown>): Record<string, unknown> {
  const version = parsed.v;
  if (!isCount(version) || version < 1) throw malformed('v is not a version');
  if (version > ENTRY_VERSION) {
    throw new EntryError('schema.newer', `version ${version}, this program knows ${ENTRY_VERSION}`);
  }
  return parsed;
}

function parseJson(line: Buffer): Record<string, unknown> {
  let parsed: unknown;
  try {
    // Most lines are plain ASCII, which is read in half the time.
    parsed = JSON.parse(line.toString(isAscii(line) ? 'latin1' : 'utf8'));
  } catch {
    throw malformed('not JSON');
  }
  if (!isRecord(parsed)) throw malformed('not an object');
  return parsed;
}

function checkMembers(parsed: Record<string, unknown>): void {
  const keys = Object.keys(parsed);
  if (keys.length !== MEMBERS.length) throw malformed('members are missing or unknown');
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] !== MEMBERS[i]) throw malformed(`member ${i + 1} must be ${MEMBERS[i]}`);
  }
}

function checkEnvelope(entry: Entry): void {
  if (!isCount(entry.seq)) throw malformed('seq is not an integer');
  if (!isCount(entry.mono)) throw malformed('mono is not an integer');
  if (!isCount(entry.batch) || entry.batch > entry.seq) throw malformed('batch is not an integer up to seq');
  if (!isText(entry.ws) || !isText(entry.boot)) throw malformed('ws and boot must be text');
  if (!isText(entry.at)) throw malformed('at is not an instant');
  if (!isText(entry.prev)) throw malformed('prev is not a SHA-256');
  if (!isText(entry.salt)) throw malformed('salt is not 16 bytes in hex');
  if (!isRecord(entry.actor) || !ACTOR_KINDS.has(entry.actor.kind) || !isText(entry.actor.id)) {
    throw malformed('actor is not one of the known kinds with an id');
  }
  if (!isRecord(entry.ref)) throw malformed('ref is not an object');
  for (const key in entry.ref) {
    const value = entry.ref[key];
    if (typeof value !== 'string' && !isCount(value)) throw malformed(`ref.${key} is neither text nor an integer`);
  }
  if (!Array.isArray(entry.events) || entry.events.length === 0) throw malformed('there is no event');
  for (const event of entry.events) {
    if (!isRecord(event) || !isText(event.type) || !isRecord(event.body))
      throw malformed('an event has no type or body');
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
function malformed(detail: string): EntryError {
  return new EntryError('entry.malformed', detail);
}
