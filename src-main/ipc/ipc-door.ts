import {
  IPC_CALLS,
  IPC_INPUT_LIMIT_BYTES,
  type IpcAnswer,
  type IpcCall,
  type IpcInput,
  type IpcOutcome,
  type IpcRefusal,
} from '../../src-server/contract/ipc.ts';
import type { AppLogger } from '../log/logger.ts';
import { isConsoleUrl } from '../protocol/console-url.ts';

/** Who sent a call, as main sees it; nothing of it comes from the page. */
export interface IpcSender {
  frameUrl: string;
  isMainFrame: boolean;
}
export type IpcHandlers = { [C in IpcCall]: (input: IpcInput<C>) => Promise<IpcAnswer<C>> | IpcAnswer<C> };

const isKnownCall = (name: unknown): name is IpcCall => typeof name === 'string' && Object.hasOwn(IPC_CALLS, name);

/** Size of a value as JSON in bytes, or null where it has no JSON form. */
const sizeOf = (value: unknown): number | null => {
  try {
    const text = JSON.stringify(value);
    return text === undefined ? null : Buffer.byteLength(text);
  } catch {
    // A ring or a BigInt: no call of ours takes one.
    return null;
  }
};

/**
 * The one way in from a page. In this order: the sender must be the main frame of the console, the call must be in
 * the contract, its input small and of its schema; the answer is checked too. Every refusal is logged.
 */
export const createIpcDoor = (handlers: IpcHandlers, log: AppLogger) => {
  const refuse = (code: IpcRefusal, detail: string, name: unknown): IpcOutcome => {
    log.warn(code, { call: isKnownCall(name) ? name : typeof name, detail });
    return { ok: false, code, detail };
  };
  return async (sender: IpcSender, name: unknown, input: unknown): Promise<IpcOutcome> => {
    if (!sender.isMainFrame || !isConsoleUrl(sender.frameUrl)) {
      return refuse('ipc.sender_refused', 'Only the console itself may call.', name);
    }
    if (!isKnownCall(name)) return refuse('ipc.unknown_call', 'The app has no such call.', name);
    const sizeBytes = sizeOf(input);
    if (sizeBytes === null || sizeBytes > IPC_INPUT_LIMIT_BYTES) {
      return refuse('ipc.input_invalid', `The input must be JSON of at most ${IPC_INPUT_LIMIT_BYTES} bytes.`, name);
    }
    const parsed = IPC_CALLS[name].input.safeParse(input);
    if (!parsed.success) return refuse('ipc.input_invalid', parsed.error.issues[0]?.message ?? 'invalid', name);
    try {
      const handle = handlers[name] as (value: unknown) => unknown;
      return { ok: true, answer: IPC_CALLS[name].answer.parse(await handle(parsed.data)) };
    } catch (cause) {
      log.error('ipc.failed', { call: name, cause });
      return { ok: false, code: 'ipc.failed', detail: 'The app could not do this; its log says why.' };
    }
  };
};
