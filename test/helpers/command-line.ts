import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeConsoleFile } from '../../src-server/cli/console-file.ts';
import { runCommand } from '../../src-server/cli/run-command.ts';
import type { Parsed } from './checked-call.ts';
import { PlaneUnderTest } from './plane-under-test.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** The command line in this process, a plane that it finds, and a folder for its files. */
export class CommandLine {
  private constructor(
    readonly plane: PlaneUnderTest,
    readonly files: string,
  ) {}

  static async start(): Promise<CommandLine> {
    const plane = await PlaneUnderTest.start();
    writeConsoleFile(plane.dataDir, {
      url: plane.url,
      pid: process.pid,
      operator_token: plane.adminToken,
      workspace_id: plane.workspaceId,
      plane_public_key: plane.host.key.publicKeyBase64,
    });
    return new CommandLine(plane, mkdtempSync(join(tmpdir(), 'cc-cli-')));
  }

  async run(args: readonly string[]): Promise<Ran> {
    const out: string[] = [];
    const notes: string[] = [];
    const code = await runCommand([...args], {
      line: (text) => out.push(text),
      raw: (text) => out.push(text),
      json: (value) => out.push(JSON.stringify(value)),
      note: (text) => notes.push(text),
    });
    return { code, stdout: out.join('\n'), stderr: notes.join('\n') };
  }

  /** Runs a command against the plane. */
  here(args: readonly string[]): Promise<Ran> {
    return this.run([...args, '--data-dir', this.plane.dataDir]);
  }

  /** Runs a command against the plane and parses what it prints. */
  async json(args: readonly string[]): Promise<Parsed> {
    const { code, stdout, stderr } = await this.here([...args, '--json']);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** A file with this content. */
  file(name: string, text: string): string {
    writeFileSync(join(this.files, name), text);
    return join(this.files, name);
  }

  async close(): Promise<void> {
    await this.plane.close();
    rmSync(this.files, { recursive: true, force: true });
  }
}
