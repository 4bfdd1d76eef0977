import { ProblemError } from '../contract/problems.ts';
import { ADMIN_ONLY, type ConsoleCaller, type ConsoleRoute } from './call.ts';
import { problemResponse } from './problem-response.ts';

export interface ConsoleHostParts {
  routes: readonly ConsoleRoute[];
  /** Told of errors that are not operating ones. */
  onFault: (error: unknown) => void;
}

/** Answers everything below `/console/` for the one rim that asks: `serve`'s server, or the desktop app's `app://`. */
export class ConsoleHost {
  constructor(private readonly parts: ConsoleHostParts) {}

  /**
   * @param path the path with its query, as it was asked for
   * @throws what an aborted request throws; every other end is an answer.
   */
  async answer(request: Request, path: string, caller: ConsoleCaller): Promise<Response> {
    try {
      const at = path.indexOf('?');
      const plain = at < 0 ? path : path.slice(0, at);
      const found = this.#routeOf(request.method, plain);
      if (!caller.isAdmin && found.route.isOpen !== true) throw new ProblemError('right.missing', ADMIN_ONLY);
      const rest = path.slice(found.match[0].length);
      return await found.route.handle({ request, caller, members: found.match.slice(1), rest });
    } catch (error) {
      if (request.signal.aborted) throw error;
      if (!(error instanceof ProblemError)) this.parts.onFault(error);
      return problemResponse(error);
    }
  }

  #routeOf(method: string, path: string): { route: ConsoleRoute; match: RegExpExecArray } {
    let isKnown = false;
    for (const route of this.parts.routes) {
      const match = route.pattern.exec(path);
      if (match === null) continue;
      isKnown = true;
      if (route.method === '*' || route.method === method) return { route, match };
    }
    throw isKnown
      ? new ProblemError('method.not_allowed', 'This method is not offered here.')
      : new ProblemError('not_found', 'There is nothing at this address.');
  }
}
