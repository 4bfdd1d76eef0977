import { execFileSync, spawn } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';

export const GIT_HOST = 'git.test';
const BACKEND = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');

/** A server of repositories over https on loopback, with a certificate that only the tests trust: git's own program, or files. */
export class GitServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'cc-git-'));
  readonly caFile = join(this.folder, 'cert.pem');
  readonly seen: string[] = [];
  /** Answers instead of the repositories while it is set. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  /** Serves files alone, as a plain web server does. */
  isDumb = false;
  #server: Server | null = null;

  async listen(): Promise<void> {
    const key = join(this.folder, 'key.pem');
    const subject = ['-subj', `/CN=${GIT_HOST}`, '-addext', `subjectAltName=DNS:${GIT_HOST}`];
    const how = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', ...how, ...subject, '-keyout', key, '-out', this.caFile], { stdio: 'pipe' });
    mkdirSync(join(this.folder, 'repos'));
    this.#server = createServer({ key: readFileSync(key), cert: readFileSync(this.caFile) }, (request, response) => {
      this.seen.push(`${request.method} ${request.url}`);
      if (this.answer !== null) this.answer(request, response);
      else if (this.isDumb) this.#file(request, response);
      else this.#backend(request, response);
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    if (this.#server === null) throw new Error('the server does not listen yet');
    return (this.#server.address() as AddressInfo).port;
  }
  url(name: string): string {
    return `https://${GIT_HOST}:${this.port}/${name}.git`;
  }

  /** Git in the folder of the tests, as an author uses it. */
  git(cwd: string, ...args: string[]): string {
    const author = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'protocol.file.allow=always'];
    return execFileSync('git', [...author, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  /** A repository of one commit that `fill` made; returns its hash. */
  repository(name: string, fill: (folder: string) => void, more: readonly string[] = []): string {
    const work = join(this.folder, 'work', name);
    mkdirSync(work, { recursive: true });
    this.git(work, 'init', '--quiet', '--initial-branch=main');
    fill(work);
    this.git(work, 'add', '--all');
    this.git(work, 'commit', '--quiet', '--message=one');
    const commit = this.git(work, 'rev-parse', 'HEAD');
    const bare = join(this.folder, 'repos', `${name}.git`);
    this.git(this.folder, 'clone', '--quiet', '--bare', work, bare);
    for (const setting of more) this.git(bare, 'config', ...setting.split('='));
    this.git(bare, 'update-server-info');
    return commit;
  }

  #file(request: IncomingMessage, response: ServerResponse): void {
    const path = join(this.folder, 'repos', normalize((request.url ?? '/').split('?')[0] as string));
    if (!existsSync(path) || !statSync(path).isFile()) response.writeHead(404).end();
    else createReadStream(path).pipe(response);
  }

  #backend(request: IncomingMessage, response: ServerResponse): void {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const backend = spawn(BACKEND, [], {
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: join(this.folder, 'repos'),
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: path,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        GIT_CONFIG_GLOBAL: '/dev/null',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    request.pipe(backend.stdin);
    const parts: Buffer[] = [];
    backend.stdout.on('data', (bytes: Buffer) => parts.push(bytes));
    backend.on('close', () => {
      const all = Buffer.concat(parts);
      const end = all.indexOf('\r\n\r\n');
      const headers = all.subarray(0, end).toString('latin1').split('\r\n');
      const status = headers.find((line) => line.startsWith('Status: '))?.slice(8, 11) ?? '200';
      response.statusCode = Number(status);
      for (const line of headers) {
        const colon = line.indexOf(': ');
        if (!line.startsWith('Status')) response.setHeader(line.slice(0, colon), line.slice(colon + 2));
      }
      response.end(all.subarray(end + 4));
    });
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A file of a repository. */
export const put = (folder: string, name: string, text: string, mode = 0o644): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text, { mode });
};
