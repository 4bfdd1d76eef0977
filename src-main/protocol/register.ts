import { protocol, type Session } from 'electron';
import { CONSOLE_SCHEME } from './console-url.ts';

/** Before `ready`: makes `app:` a secure, standard scheme, so that the page has an origin, fetch and streams. */
export const declareConsoleScheme = (): void => {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: CONSOLE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
};

/** After `ready`: answers the scheme in one session. */
export const serveConsoleScheme = (session: Session, handle: (request: Request) => Promise<Response>): void => {
  session.protocol.handle(CONSOLE_SCHEME, handle);
};
