import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express, type Request, type Response } from 'express';

/** Nothing but our own files, and no page of anybody else may frame us. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};
const PAGES = /^\/(?:$|sign-in$|dashboard(?:\/|$))/;
const YEAR_MS = 365 * 86_400_000;
const NOT_BUILT =
  '<!doctype html><meta charset="utf-8"><title>Connected Compute</title><p>The console was not built. Run: npm run build</p>';

/** The console's static files. Hashed assets are kept for ever, pages are asked for each time. */
export function consoleApp(rendererDir: string): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    next();
  });
  app.use(
    '/assets',
    express.static(join(rendererDir, 'assets'), {
      immutable: true,
      maxAge: YEAR_MS,
      index: false,
      redirect: false,
      dotfiles: 'ignore',
    }),
  );
  app.use(express.static(rendererDir, { index: false, redirect: false, dotfiles: 'ignore', cacheControl: false }));
  app.get(/.*/, (request: Request, response: Response, next) => {
    if (!PAGES.test(request.path)) {
      next();
      return;
    }
    const page = join(rendererDir, 'index.html');
    response.setHeader('cache-control', 'no-cache');
    response.type('html').send(existsSync(page) ? readFileSync(page) : NOT_BUILT);
  });
  return app;
}
