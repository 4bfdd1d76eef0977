import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

/** The process of a job: it lives until it is told to finish or is killed. */
export interface WatchedProcess {
  pid: number;
  /** Resolves when the process is gone, however it went. */
  gone: Promise<void>;
  /** Lets it print a line, so that its runner has something to send. */
  say(text: string): void;
  /** Lets it end with exit 0. */
  finish(): void;
}

const SCRIPT = `const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
socket.write(process.pid + '\\n');
socket.on('data', (bytes) => {
  for (const word of String(bytes).split('\\n').filter(Boolean)) word === 'finish' ? process.exit(0) : console.log(word);
});
socket.on('end', () => process.exit(3));
console.log('begun');`;

/** Jobs that report to the test over a connection: its end is the end of their process, with nothing to poll. */
export class WatchedJobs {
  private readonly arrived: WatchedProcess[] = [];
  private readonly expected: ((process: WatchedProcess) => void)[] = [];

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.meet(socket));
  }

  static listen(): Promise<WatchedJobs> {
    return new Promise((resolve) => {
      const server = createServer();
      server.listen(0, '127.0.0.1', () => resolve(new WatchedJobs(server)));
    });
  }

  /** The job, to be submitted. */
  spec(more: object = {}): object {
    const { port } = this.server.address() as AddressInfo;
    return {
      wu_id: 'WU-7',
      title: 'Watched',
      command: { argv: ['node', '-e', SCRIPT, String(port)] },
      confinement: 'none',
      max_runtime_ms: 60_000,
      ...more,
    };
  }

  /** The next process that begins. */
  next(): Promise<WatchedProcess> {
    const known = this.arrived.shift();
    return known === undefined ? new Promise((resolve) => this.expected.push(resolve)) : Promise.resolve(known);
  }

  close(): void {
    this.server.close();
  }

  private meet(socket: Socket): void {
    const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      const process: WatchedProcess = {
        pid: Number(String(bytes)),
        gone,
        say: (text) => void socket.write(`${text}\n`),
        finish: () => void socket.write('finish\n'),
      };
      const wanted = this.expected.shift();
      if (wanted === undefined) this.arrived.push(process);
      else wanted(process);
    });
  }
}
