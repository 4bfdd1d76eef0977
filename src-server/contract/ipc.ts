import { z } from 'zod';
import { workspaceId } from './ids.ts';
import { count, publicKey, text } from './primitives.ts';

/**
 * Everything that crosses a process border inside the desktop app: renderer ↔ main, and main ↔ the control plane's
 * process. The console's own data never does; it goes over `app://console/api/v1/…`, the same contract as HTTP.
 */

const nothing = z.null();

/**
 * The control plane's process as its supervisor sees it. `starting` until its ready message · `ready` serving ·
 * `restarting` it crashed, the next start comes in `retry_in_ms` · `failed` it said why it cannot run, nothing is
 * tried again by itself · `stopping`, `stopped` on quit.
 */
export const planeStatus = z.object({
  state: z.enum(['starting', 'ready', 'restarting', 'failed', 'stopping', 'stopped']),
  /** Crashes since it last ran for a minute. */
  crashes: count,
  retry_in_ms: count.nullable(),
  /** One sentence for people, where the state is not the wished one. */
  sentence: z.string().nullable(),
});
export type PlaneStatus = z.infer<typeof planeStatus>;

export const appInfo = z.object({
  version: z.string(),
  electron: z.string(),
  platform: z.enum(['mac', 'win', 'linux']),
});
export type AppInfo = z.infer<typeof appInfo>;

/** What the renderer may ask of main. Each call takes one value and gives one. */
export const IPC_CALLS = {
  'app.info': { input: nothing, answer: appInfo },
  'plane.status': { input: nothing, answer: planeStatus },
  'plane.restart': { input: nothing, answer: nothing },
  /** Opens a page in the system's browser; refused unless it is https and its host is on main's list. */
  'external.open': { input: z.strictObject({ url: z.string().max(2_000) }), answer: z.object({ opened: z.boolean() }) },
  /** Opens the folder of the app's logs. */
  'logs.open': { input: nothing, answer: nothing },
  /** Asks where, and writes versions, states and logs there, without any secret. */
  'diagnostics.save': { input: nothing, answer: z.object({ saved: z.boolean() }) },
  /** Looks for a newer version where this build names a feed; one sentence for people. */
  'updates.check': { input: nothing, answer: z.object({ sentence: z.string() }) },
  /** Whether the app starts when its user signs in to the system; null where that cannot be set from here. */
  'login_item.get': { input: nothing, answer: z.object({ is_on: z.boolean().nullable() }) },
  'login_item.set': { input: z.strictObject({ is_on: z.boolean() }), answer: nothing },
  /** Whether the command line may use this app's control plane; off at each start of the app. */
  'command_line.get': { input: nothing, answer: z.object({ is_on: z.boolean() }) },
  'command_line.set': { input: z.strictObject({ is_on: z.boolean() }), answer: z.object({ is_on: z.boolean() }) },
  /** The window's own controls follow the scheme of the page. */
  'window.scheme': { input: z.strictObject({ scheme: z.enum(['system', 'dark', 'light']) }), answer: nothing },
} as const satisfies Record<string, { input: z.ZodType; answer: z.ZodType }>;

/** What main tells the renderer unasked. */
export const IPC_EVENTS = {
  'plane.changed': planeStatus,
  /** A link, the tray, the menu or a notification leads to this path of the console. */
  navigate: z.object({
    path: z
      .string()
      .regex(/^\/(?!\/)/)
      .max(1_000),
  }),
} as const satisfies Record<string, z.ZodType>;

export type IpcCall = keyof typeof IPC_CALLS;
export type IpcEvent = keyof typeof IPC_EVENTS;
export type IpcInput<C extends IpcCall> = z.infer<(typeof IPC_CALLS)[C]['input']>;
export type IpcAnswer<C extends IpcCall> = z.infer<(typeof IPC_CALLS)[C]['answer']>;
export type IpcNotice<E extends IpcEvent> = z.infer<(typeof IPC_EVENTS)[E]>;

/** The two Electron channels that carry all of the above. */
export const IPC_CALL_CHANNEL = 'connected-compute:call';
export const IPC_EVENT_CHANNEL = 'connected-compute:event';
/** A call larger than this, as JSON, is refused unread. */
export const IPC_INPUT_LIMIT_BYTES = 65_536;

/** What a call comes back as; an Electron rejection would lose the code. */
export type IpcOutcome = { ok: true; answer: unknown } | { ok: false; code: IpcRefusal; detail: string };
export type IpcRefusal = 'ipc.sender_refused' | 'ipc.unknown_call' | 'ipc.input_invalid' | 'ipc.failed';

/** `window.desktop`: there in the app's window only, undefined in a browser. */
export interface DesktopBridge {
  platform: 'mac' | 'win' | 'linux';
  /** @throws {Error} whose message starts with an `IpcRefusal`. */
  call<C extends IpcCall>(name: C, input: IpcInput<C>): Promise<IpcAnswer<C>>;
  /** Calls back at each notice; the returned function ends that. */
  on<E extends IpcEvent>(name: E, hear: (notice: IpcNotice<E>) => void): () => void;
}

/** Control plane's process → main, over its parent port. The token is held by main alone and dies with the process. */
export const planeToMain = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    /** Origin on loopback, such as `http://127.0.0.1:41837`. */
    url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/),
    pid: count,
    data_dir: z.string(),
    operator_token: z.string().regex(/^cco_[0-9A-Za-z]+$/),
    workspace_id: workspaceId,
    plane_public_key: publicKey,
  }),
  /** Sent before it ends with an exit code other than 0 on purpose, for example 75 `already running`. */
  z.object({ type: z.literal('failed'), exit_code: count, sentence: text(500) }),
  /** The answer to the message of the same type: what holds from now on. */
  z.object({ type: z.literal('command_line'), is_on: z.boolean() }),
]);
export type PlaneToMain = z.infer<typeof planeToMain>;

/**
 * Main → control plane's process. `stop` = as SIGTERM: stop granting, answer what is in flight, checkpoint, exit 0.
 * `command_line` = put a token of its own into console.json, or take it out and end it.
 */
export const mainToPlane = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stop') }),
  z.object({ type: z.literal('command_line'), is_on: z.boolean() }),
]);
export type MainToPlane = z.infer<typeof mainToPlane>;
