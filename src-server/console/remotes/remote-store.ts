import { z } from 'zod';
import { REMOTE_COLOURS, type Remote, type RemoteColour, type RemoteTest, remoteId } from '../../contract/console.ts';
import { workspaceId } from '../../contract/ids.ts';
import { ProblemError } from '../../contract/problems.ts';
import { type HostClock, instantOf } from '../clock.ts';
import { newRemoteId } from '../ids.ts';
import { readPrivate, writePrivate } from '../private-file.ts';
import type { SecretKeeper } from '../secret-keeper.ts';

const REMOTES_MAX = 50;

const kept = z.object({
  v: z.literal(1),
  remotes: z.array(
    z.object({
      remote_id: remoteId,
      url: z.string(),
      colour: z.enum(REMOTE_COLOURS),
      workspaces: z.array(z.object({ workspace_id: workspaceId, name: z.string() })),
      added_by: z.string(),
      added_at: z.string(),
      kept_in: z.enum(['keychain', 'file']),
      token: z.string(),
    }),
  ),
});
type Kept = z.infer<typeof kept>['remotes'][number];

/** Whether a remote answers, since this host started. */
interface Signs {
  answeredMs: number | null;
  failingSinceMs: number | null;
}

/** The remotes of this console and their tokens, in one 0600 file; the tokens sealed where there is a keychain. */
export class RemoteStore {
  #remotes: Kept[];
  readonly #signs = new Map<string, Signs>();

  constructor(
    private readonly file: string,
    private readonly keeper: SecretKeeper,
    private readonly clock: HostClock,
  ) {
    this.#remotes = readPrivate(file, kept)?.remotes ?? [];
  }

  get keptIn(): 'keychain' | 'file' {
    return this.keeper.keptIn;
  }

  all(): Remote[] {
    return this.#remotes.map((each) => this.#shown(each));
  }

  /** @throws ProblemError `not_found` */
  one(id: string): Remote {
    return this.#shown(this.#kept(id));
  }

  /**
   * Where it answers, and the bearer for it; the only way by which a token leaves the store.
   * @throws ProblemError `not_found`; `remote.token_refused` when the keychain does not give it back.
   */
  access(id: string): { url: string; token: string } {
    const { url, token, kept_in: keptIn } = this.#kept(id);
    const opened = keptIn === 'file' ? token : this.keeper.keptIn === 'keychain' ? this.keeper.open(token) : null;
    if (opened === null)
      throw new ProblemError(
        'remote.token_refused',
        'The keychain does not give its token back. Give it again in Settings, Workspaces.',
      );
    return { url, token: opened };
  }

  /** @throws ProblemError `conflict.state` when the address, or one of its workspaces, is here already. */
  add(by: string, url: string, token: string, colour: RemoteColour | undefined, test: RemoteTest): Remote {
    if (this.#remotes.length >= REMOTES_MAX)
      throw new ProblemError('conflict.state', `A console keeps ${REMOTES_MAX} remotes. Remove one first.`);
    const ids = new Set(test.workspaces.map((w) => w.workspace_id));
    const twin = this.#remotes.find((r) => r.url === url || r.workspaces.some((w) => ids.has(w.workspace_id)));
    if (twin !== undefined)
      throw new ProblemError(
        'conflict.state',
        `${twin.url} is here already. Give it a new token instead, or remove it first.`,
      );
    const added: Kept = {
      remote_id: newRemoteId(),
      url,
      colour: colour ?? this.#freeColour(),
      workspaces: test.workspaces,
      added_by: by,
      added_at: instantOf(this.clock.wallMs()),
      kept_in: this.keeper.keptIn,
      token: this.keeper.seal(token),
    };
    this.#write([...this.#remotes, added]);
    this.noteAnswer(added.remote_id);
    return this.#shown(added);
  }

  change(id: string, change: { colour?: RemoteColour | undefined; token?: string | undefined }): Remote {
    const before = this.#kept(id);
    const after: Kept = {
      ...before,
      ...(change.colour === undefined ? {} : { colour: change.colour }),
      ...(change.token === undefined ? {} : { token: this.keeper.seal(change.token), kept_in: this.keeper.keptIn }),
    };
    this.#write(this.#remotes.map((each) => (each === before ? after : each)));
    return this.#shown(after);
  }

  /** The workspaces it has now, as its own test or session told. */
  noteWorkspaces(id: string, workspaces: Kept['workspaces']): void {
    const before = this.#kept(id);
    if (JSON.stringify(before.workspaces) === JSON.stringify(workspaces)) return;
    this.#write(this.#remotes.map((each) => (each === before ? { ...each, workspaces } : each)));
  }

  remove(id: string): void {
    const gone = this.#kept(id);
    this.#write(this.#remotes.filter((each) => each !== gone));
    this.#signs.delete(id);
  }

  noteAnswer(id: string): void {
    this.#signs.set(id, { answeredMs: this.clock.wallMs(), failingSinceMs: null });
  }

  noteSilence(id: string): void {
    const before = this.#signs.get(id);
    this.#signs.set(id, {
      answeredMs: before?.answeredMs ?? null,
      failingSinceMs: before?.failingSinceMs ?? this.clock.wallMs(),
    });
  }

  #kept(id: string): Kept {
    const found = this.#remotes.find((each) => each.remote_id === id);
    if (found === undefined) throw new ProblemError('not_found', 'This console has no such remote workspace.');
    return found;
  }

  #freeColour(): RemoteColour {
    const used = new Set(this.#remotes.map((each) => each.colour));
    return REMOTE_COLOURS.find((colour) => !used.has(colour)) ?? REMOTE_COLOURS[0];
  }

  #shown({ token: _token, kept_in: _keptIn, ...rest }: Kept): Remote {
    const signs = this.#signs.get(rest.remote_id);
    const instant = (ms: number | null | undefined): string | null => (ms == null ? null : instantOf(ms));
    return { ...rest, answered_at: instant(signs?.answeredMs), failing_since: instant(signs?.failingSinceMs) };
  }

  /** On disk first: what the screen shows is what a restart finds. */
  #write(remotes: Kept[]): void {
    writePrivate(this.file, { v: 1, remotes });
    this.#remotes = remotes;
  }
}
