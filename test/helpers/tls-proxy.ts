import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What stands before a control plane in the field: ends TLS for `localhost` with a certificate signed by itself, passes the rest on. */
export class TlsProxy {
  /** Where the control plane listens; set when it does. */
  targetPort = 0;
  private isCut = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly dir: string,
    /** For NODE_EXTRA_CA_CERTS of who is to trust it. */
    readonly certificateFile: string,
  ) {
    server.on('connection', (socket: Socket) => {
      if (this.isCut) socket.destroy();
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Needs the openssl program. */
  static async listen(): Promise<TlsProxy> {
    const dir = mkdtempSync(join(tmpdir(), 'cc-tls-'));
    const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const how = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '90',
      '-subj',
      '/CN=localhost',
    ];
    const name = ['-addext', 'subjectAltName=DNS:localhost'];
    execFileSync('openssl', ['req', '-x509', ...how, ...name, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) });
    const proxy = new TlsProxy(server, dir, certificate);
    server.on('request', (near, answer) => {
      const { method, url, headers } = near;
      const far = plainRequest({ host: '127.0.0.1', port: proxy.targetPort, method, path: url, headers }, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.on('error', () => answer.destroy());
        got.pipe(answer);
      });
      far.on('error', () => answer.destroy());
      answer.once('close', () => far.destroy());
      near.pipe(far);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  close(): void {
    this.cut();
    this.server.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
