/**
 * A stand-in for the `electron` module, for machines without Electron's binary. It runs the built main process in Node;
 * windows are pages of a real Chromium that the test drives, `protocol.handle` answers their requests over a socket on
 * loopback, utility processes are Node children. It shows that our main and preload work together with a plane and a
 * page; it shows nothing about Electron itself.
 */
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** @typedef {Record<string, unknown>} Told */
const tell = (/** @type {string} */ what, /** @type {Told} */ more = {}) => void process.send?.({ what, ...more });
const hearers = new Map();
process.on('message', (/** @type {{ to: string }} */ message) => hearers.get(message.to)?.(message));

const paths = new Map([['appData', process.env.STAND_IN_APP_DATA ?? '']]);
let isQuitting = false;
class App extends EventEmitter {
  isPackaged = true;
  getPath = (/** @type {string} */ name) => paths.get(name) ?? '';
  setPath = (/** @type {string} */ name, /** @type {string} */ path) => void paths.set(name, path);
  getVersion = () => '0.1.0';
  getAppPath = () => process.cwd();
  enableSandbox = () => tell('app.sandbox');
  isReady = () => true;
  whenReady = () => Promise.resolve();
  setAsDefaultProtocolClient = (/** @type {string} */ scheme) => tell('app.protocol', { scheme });
  setAboutPanelOptions = () => {};
  showAboutPanel = () => tell('app.about');
  setLoginItemSettings = (/** @type {Told} */ settings) => tell('app.login_item', settings);
  getLoginItemSettings = () => ({ openAtLogin: false });
  /** One instance per profile: the second leaves its arguments where the first looks, and is told no. */
  requestSingleInstanceLock = () => {
    const dir = join(this.getPath('userData'), 'stand-in-instance');
    mkdirSync(dir, { recursive: true });
    const owner = join(dir, 'pid');
    if (existsSync(owner)) {
      // Whole or not there: the first looks as soon as the name appears.
      writeFileSync(join(dir, `new-${process.pid}`), JSON.stringify(process.argv));
      renameSync(join(dir, `new-${process.pid}`), join(dir, `argv-${process.pid}.json`));
      return false;
    }
    writeFileSync(owner, String(process.pid));
    watch(dir, () => {
      for (const name of readdirSync(dir).filter((each) => each.startsWith('argv-'))) {
        const argv = JSON.parse(readFileSync(join(dir, name), 'utf8'));
        rmSync(join(dir, name), { force: true });
        this.emit('second-instance', {}, argv, '');
      }
    }).unref();
    return true;
  };
  quit = () => {
    const event = {
      isHeld: false,
      preventDefault() {
        this.isHeld = true;
      },
    };
    this.emit('before-quit', event);
    if (event.isHeld || isQuitting) return;
    isQuitting = true;
    this.emit('will-quit');
    tell('app.quit');
    setTimeout(() => process.exit(0), 20);
  };
}
export const app = new App();

// ── app:// by a server on loopback; a page's origin there stands for app://console.
const handlers = new Map();
let port = 0;
const pageOrigin = () => `http://console.localhost:${port}`;
const asApp = (/** @type {string} */ url) =>
  url.startsWith(pageOrigin()) ? `app://console${url.slice(pageOrigin().length) || '/'}` : url;
const server = createServer(async (near, answer) => {
  const gone = new AbortController();
  answer.once('close', () => gone.abort());
  const hasBody = near.method !== 'GET' && near.method !== 'HEAD';
  const headers = new Headers();
  for (const [name, value] of Object.entries(near.headers)) if (typeof value === 'string') headers.set(name, value);
  try {
    const init = {
      method: near.method ?? 'GET',
      headers,
      signal: gone.signal,
      ...(hasBody ? { body: /** @type {never} */ (Readable.toWeb(near)), duplex: 'half' } : {}),
    };
    const request = new Request(`app://console${near.url}`, /** @type {RequestInit} */ (init));
    const response = await handlers.get('app')(request);
    answer.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body === null) answer.end();
    else {
      answer.flushHeaders();
      Readable.fromWeb(response.body)
        .on('error', () => answer.destroy())
        .pipe(answer);
    }
  } catch {
    answer.destroy();
  }
});
const listening = new Promise((resolve) => {
  server.listen(0, '127.0.0.1', () => {
    port = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
    resolve(port);
  });
});
await listening;
export const protocol = {
  registerSchemesAsPrivileged: (/** @type {unknown} */ schemes) => tell('protocol.declared', { schemes }),
};

class Session extends EventEmitter {
  setPermissionRequestHandler = () => {};
  setPermissionCheckHandler = () => {};
  setDevicePermissionHandler = () => {};
  setDisplayMediaRequestHandler = () => {};
  webRequest = { onBeforeRequest: () => {} };
  protocol = {
    handle: (/** @type {string} */ scheme, /** @type {unknown} */ handle) => void handlers.set(scheme, handle),
  };
}
export const session = { defaultSession: new Session() };

// ── windows: pages of the test's Chromium.
const windows = new Map();
let lastWindow = 0;
class Contents extends EventEmitter {
  constructor(/** @type {number} */ id) {
    super();
    this.id = id;
  }
  send = (/** @type {string} */ channel, /** @type {unknown[]} */ ...args) =>
    tell('window.send', { id: this.id, channel, args });
  getURL = () => 'app://console/';
  setWindowOpenHandler = () => {};
  setZoomLevel = () => {};
  getZoomLevel = () => 0;
}
export class BrowserWindow extends EventEmitter {
  #isDestroyed = false;
  constructor(/** @type {{ webPreferences: { preload: string } }} */ options) {
    super();
    this.id = ++lastWindow;
    this.webContents = new Contents(this.id);
    windows.set(this.id, this);
    app.emit('web-contents-created', {}, this.webContents);
    tell('window.made', {
      id: this.id,
      webPreferences: options.webPreferences,
      preload: readFileSync(options.webPreferences.preload, 'utf8'),
    });
  }
  loadURL = async (/** @type {string} */ url) => {
    tell('window.load', { id: this.id, url: url.replace('app://console', pageOrigin()) });
    this.emit('ready-to-show');
  };
  reload = () => tell('window.reload', { id: this.id });
  isDestroyed = () => this.#isDestroyed;
  isMinimized = () => false;
  isMaximized = () => false;
  isFocused = () => false;
  isVisible = () => true;
  getNormalBounds = () => ({ x: 0, y: 0, width: 1440, height: 900 });
  maximize = () => {};
  restore = () => {};
  show = () => tell('window.show', { id: this.id });
  focus = () => tell('window.focus', { id: this.id });
  setTitleBarOverlay = () => {};
}
hearers.set('window.close', () => {
  for (const window of windows.values()) window.emit('close');
  windows.clear();
  app.emit('window-all-closed');
});
hearers.set('app.signal', () => app.quit());

/** @type {Map<string, (event: unknown, ...args: unknown[]) => unknown>} */
const calls = new Map();
export const ipcMain = {
  handle: (/** @type {string} */ channel, /** @type {never} */ handle) => void calls.set(channel, handle),
};
hearers.set(
  'ipc.call',
  async (/** @type {{ call: number, frame: string, isMain: boolean, channel: string, args: unknown[] }} */ message) => {
    const { call, frame, isMain, channel, args } = message;
    const event = { senderFrame: { url: asApp(frame), parent: isMain ? null : {} } };
    const answer = await calls.get(channel)?.(event, ...args);
    tell('ipc.answer', { call, answer });
  },
);

// ── processes
class Utility extends EventEmitter {
  constructor(
    /** @type {string} */ file,
    /** @type {string[]} */ args,
    /** @type {{ env: NodeJS.ProcessEnv, serviceName: string }} */ options,
  ) {
    super();
    const port = new URL('./parent-port.mjs', import.meta.url).href;
    const child = fork(file, args, { env: options.env, stdio: 'pipe', execArgv: ['--import', port] });
    this.child = child;
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    tell('process.made', { name: options.serviceName, pid: child.pid, args });
    child.on('message', (message) => this.emit('message', message));
    child.once('exit', (code) => this.emit('exit', code ?? -1));
  }
  get pid() {
    return this.child.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }
  postMessage = (/** @type {unknown} */ message) =>
    void (this.child.connected && this.child.send(/** @type {{}} */ (message)));
  kill = () => this.child.kill('SIGTERM');
}
export const utilityProcess = {
  fork: (/** @type {string} */ file, /** @type {string[]} */ args, /** @type {never} */ options) =>
    new Utility(file, args, options),
};

// ── what the system shows
export const dialog = {
  showErrorBox: (/** @type {string} */ title, /** @type {string} */ text) => tell('dialog.error', { title, text }),
  showMessageBox: async () => ({ response: 0 }),
  showSaveDialog: async () => ({
    canceled: false,
    filePath: join(process.env.STAND_IN_APP_DATA ?? '', 'diagnostics.json'),
  }),
};
export const Menu = {
  buildFromTemplate: (/** @type {{ label?: string }[]} */ template) => template,
  setApplicationMenu: (/** @type {unknown} */ menu) => tell('menu.set', { menu: JSON.parse(JSON.stringify(menu)) }),
};
/** @type {{ label?: string, click?: () => void }[]} */
let trayMenu = [];
export class Tray extends EventEmitter {
  setToolTip = () => {};
  setContextMenu = (/** @type {typeof trayMenu} */ menu) => {
    trayMenu = menu;
    tell('tray.menu', { labels: menu.map(({ label }) => label ?? '') });
  };
  destroy = () => {};
}
hearers.set('tray.click', (/** @type {{ label: string }} */ { label }) =>
  trayMenu.find((item) => item.label === label)?.click?.(),
);
/** @type {Notification[]} */
const shown = [];
export class Notification extends EventEmitter {
  static isSupported = () => true;
  constructor(/** @type {{ title: string, body: string }} */ options) {
    super();
    this.options = options;
  }
  show = () => {
    shown.push(this);
    tell('notification', this.options);
  };
}
hearers.set('notification.click', () => void shown.at(-1)?.emit('click'));
export const nativeImage = { createFromPath: () => ({ resize: () => ({}) }) };
export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: true, themeSource: 'system' });
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
export const shell = {
  openExternal: async (/** @type {string} */ url) => tell('shell.open', { url }),
  openPath: async (/** @type {string} */ path) => {
    tell('shell.path', { path });
    return '';
  },
};
export const powerMonitor = Object.assign(new EventEmitter(), { isOnBatteryPower: () => false });
hearers.set('power', (/** @type {{ event: string }} */ { event }) => powerMonitor.emit(event));
export const powerSaveBlocker = { start: () => 1, stop: () => {} };
/** A keychain of this process: what it seals is not the text, and nobody else opens it. */
const MASK = 0x5a;
const masked = (/** @type {Buffer} */ bytes) => Buffer.from(bytes.map((byte) => byte ^ MASK));
export const safeStorage = {
  isEncryptionAvailable: () => true,
  getSelectedStorageBackend: () => 'gnome_libsecret',
  encryptString: (/** @type {string} */ text) => masked(Buffer.from(text)),
  decryptString: (/** @type {Buffer} */ bytes) => masked(bytes).toString(),
};
