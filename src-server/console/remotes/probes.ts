import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { portOf } from './remote-url.ts';

const nameOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

const timedOut = (): Error => Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });

/** Opens a connection and closes it. Rejects with the system's error. */
export function probeAddress(url: URL, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: nameOf(url), port: portOf(url) });
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.setTimeout(limitMs, () => end(() => reject(timedOut())));
    socket.once('connect', () => end(resolve));
    socket.once('error', (error) => end(() => reject(error)));
  });
}

/** What the certificate says: the code of what is wrong with it, or null, and when it ends (ms since 1970). */
export interface CertificateFound {
  fault: string | null;
  endsMs: number;
}

/** Looks at the certificate without sending anything. Rejects with the system's error where TLS is not spoken. */
export function probeCertificate(url: URL, limitMs: number): Promise<CertificateFound> {
  return new Promise((resolve, reject) => {
    const name = nameOf(url);
    const servername = /^[\d.]+$|:/.test(name) ? {} : { servername: name };
    // Judged below: a connection that Node ends by itself would not show the certificate.
    const socket = connectTls({ host: name, port: portOf(url), rejectUnauthorized: false, ...servername });
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.setTimeout(limitMs, () => end(() => reject(timedOut())));
    socket.once('secureConnect', () => {
      const endsMs = Date.parse(socket.getPeerCertificate().valid_to);
      const error = socket.authorizationError as unknown as Error | string | null;
      const fault =
        error === null
          ? null
          : typeof error === 'string'
            ? error
            : ((error as { code?: string }).code ?? error.message);
      end(() => resolve({ fault: socket.authorized ? null : (fault ?? 'unknown'), endsMs }));
    });
    socket.once('error', (error) => end(() => reject(error)));
  });
}
