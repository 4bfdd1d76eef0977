import { call } from '../../api/client.ts';
import { sessionKey } from '../../api/session-key.ts';
import { now } from '../../stores/clock.ts';
import { useConnection } from '../../stores/connection.ts';

let running: { code: string; done: Promise<void> } | null = null;

/** Trades the code for a session, once per code: React may ask twice, and a code works once. */
export const signIn = (code: string): Promise<void> => {
  if (running?.code === code) return running.done;
  const done = call('signIn', { body: { code } }).then(({ session_key }) => {
    sessionKey.write(session_key);
    useConnection.getState().become('connecting', now());
  });
  running = { code, done };
  return done;
};
