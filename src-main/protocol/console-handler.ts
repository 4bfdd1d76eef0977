import type { AppLogger } from '../log/logger.ts';
import { targetOf } from './console-url.ts';
import { problemAnswer } from './problem-answer.ts';
import { serveFile, servePage } from './static-files.ts';

export interface ConsoleHandlerParts {
  /** Absolute folder of the built page. */
  rendererDir: string;
  proxy: (request: Request, pathAndQuery: string) => Promise<Response>;
  /** Answers below `/console/`. */
  own: (request: Request, pathAndQuery: string) => Promise<Response>;
  log: AppLogger;
}

/** Answers every request of the app's window: the page, its files, and the API by way of the plane. */
export const createConsoleHandler =
  ({ rendererDir, proxy, own, log }: ConsoleHandlerParts) =>
  async (request: Request): Promise<Response> => {
    const target = targetOf(request.url);
    if (target.kind === 'refused') {
      log.warn('protocol.refused', { because: target.because, method: request.method });
      return problemAnswer('not_found', `Go back to the console; this address was refused as ${target.because}.`);
    }
    if (target.kind === 'api') return proxy(request, target.pathAndQuery);
    if (target.kind === 'console') return own(request, target.pathAndQuery);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return problemAnswer('method.not_allowed', 'Files of the console are only read.');
    }
    return target.kind === 'file' ? serveFile(rendererDir, target.path) : servePage(rendererDir);
  };
