import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, CDPSession, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { PAGE_SIDE, preloadSide } from './page-bridge.ts';

const PROJECT_DIR = resolve(import.meta.dirname, '../../../..');
const MAIN = join(PROJECT_DIR, 'out/main/index.js');
const WORLD = 'preload';

interface Message {
  what: string;
  [member: string]: unknown;
}

/** The built desktop app on the stand-in of Electron, with a profile and a data directory of its own. */
export class StandIn {
  readonly told: Message[] = [];
  page: Page | null = null;
  #session: CDPSession | null = null;
  #world: number | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly browser: Browser,
    readonly dir: string,
    readonly child: ChildProcess,
  ) {
    child.on('message', (message: Message) => {
      this.told.push(message);
      // In order: a window is made before it is loaded.
      this.#turn = this.#turn.then(() => this.#obey(message)).catch(() => undefined);
    });
  }

  static async open(browser: Browser, dir = mkdtempSync(join(tmpdir(), 'cc-stand-in-')), argv: string[] = []) {
    const env = {
      ...process.env,
      STAND_IN_APP_DATA: dir,
      CONNECTED_COMPUTE_DATA: join(dir, 'data'),
      XDG_STATE_HOME: join(dir, 'state'),
    };
    const child = fork(MAIN, argv, {
      cwd: PROJECT_DIR,
      env,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: ['--import', new URL('./register.mjs', import.meta.url).href],
    });
    return new StandIn(browser, dir, child);
  }

  /** Waits until main has told of something, and returns the newest of it. */
  async heard(what: string, fits: (message: Message) => boolean = () => true): Promise<Message> {
    const find = (): Message | undefined => this.told.findLast((each) => each.what === what && fits(each));
    await expect.poll(() => find() !== undefined, { timeout: 20_000, message: `main tells of ${what}` }).toBe(true);
    return find() as Message;
  }

  async window(): Promise<Page> {
    await expect.poll(() => this.page, { timeout: 20_000 }).not.toBeNull();
    return this.page as Page;
  }

  send(to: string, more: object = {}): void {
    if (this.child.connected) this.child.send({ to, ...more });
  }

  ended(): Promise<number | null> {
    if (this.child.exitCode !== null) return Promise.resolve(this.child.exitCode);
    return new Promise((resolve) => this.child.once('exit', resolve));
  }

  async close(): Promise<void> {
    this.send('app.signal');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 25_000);
    await this.ended();
    clearTimeout(late);
    await this.page?.context().close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  async #obey(message: Message): Promise<void> {
    switch (message.what) {
      case 'window.made':
        return this.#make(String(message.preload));
      case 'window.load':
        await this.page?.goto(String(message.url));
        return;
      case 'window.reload':
        await this.page?.reload();
        return;
      case 'window.send':
        return this.#inWorld(`standInHear(${JSON.stringify(message.channel)}, ${JSON.stringify(message.args)})`);
      case 'ipc.answer':
        return this.#inWorld(`standInAnswer(${message.call}, ${JSON.stringify(message.answer)})`);
    }
  }

  async #make(preload: string): Promise<void> {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    this.#session = session;
    session.on('Runtime.executionContextCreated', ({ context: made }) => {
      if (made.name === WORLD) this.#world = made.id;
    });
    session.on('Runtime.bindingCalled', ({ payload }) => {
      const { id, ...rest } = JSON.parse(payload) as { id: number };
      this.send('ipc.call', { call: id, ...rest });
    });
    await session.send('Runtime.enable');
    await session.send('Page.enable');
    await session.send('Runtime.addBinding', { name: 'standInPort', executionContextName: WORLD });
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: PAGE_SIDE });
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: preloadSide(preload), worldName: WORLD });
    this.page = page;
  }

  async #inWorld(expression: string): Promise<void> {
    if (this.#world === null) return;
    await this.#session?.send('Runtime.evaluate', { expression, contextId: this.#world });
  }
}
