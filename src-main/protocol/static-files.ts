import { readFile } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { PAGE_HEADERS } from './headers.ts';
import { problemAnswer } from './problem-answer.ts';

/** Types of what the renderer's build writes; anything else is not served. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webp': 'image/webp',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * The file behind a path of the page, or null where the path would leave the folder or has a type we do not build.
 * @param rendererDir absolute folder of the built page
 * @param path decoded, starts with `/`
 */
export const fileBehind = (rendererDir: string, path: string): { file: string; type: string } | null => {
  const file = resolve(rendererDir, `.${path}`);
  const type = CONTENT_TYPES[extname(file).toLowerCase()];
  return file.startsWith(rendererDir + sep) && type !== undefined ? { file, type } : null;
};

const gone = () => problemAnswer('not_found', 'Go back to the console; the app has no such file.');

/** Answers with one file of the built page. */
export const serveFile = async (rendererDir: string, path: string): Promise<Response> => {
  const found = fileBehind(rendererDir, path);
  if (found === null) return gone();
  try {
    const bytes = await readFile(found.file);
    return new Response(new Uint8Array(bytes), { headers: { ...PAGE_HEADERS, 'Content-Type': found.type } });
  } catch {
    // Absent and unreadable look the same to the page: it can do nothing about either.
    return gone();
  }
};

/** Answers with the page itself; its router reads the address. */
export const servePage = (rendererDir: string): Promise<Response> => serveFile(rendererDir, '/index.html');
