import { EventEmitter } from 'node:events';

/** A child process of Electron that a test speaks for. */
export class FakeUtilityProcess extends EventEmitter {
  readonly posted: unknown[] = [];
  readonly stdout = new EventEmitter();
  readonly stderr = new EventEmitter();
  readonly pid = undefined;

  postMessage(message: unknown): void {
    this.posted.push(message);
  }
}

class FakeContents extends EventEmitter {
  readonly sent: unknown[][] = [];
  send = (...args: unknown[]): void => void this.sent.push(args);
}

/**
 * So much of Electron as the composition touches, recording what is done to it. Not a model of Electron: it shows
 * that our parts are put together in the right order and with the right values.
 */
export const createFakeElectron = () => {
  const done: string[] = [];
  const note = (what: string) => void done.push(what);
  const forks: { file: string; args: string[]; options: { env: Record<string, string> }; child: FakeUtilityProcess }[] =
    [];
  const windows: FakeWindow[] = [];
  const handlers = new Map<string, (...args: never[]) => unknown>();
  const errorBoxes: string[][] = [];
  let becomeReady: () => void = () => {};
  const whenReady = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });

  class FakeWindow extends EventEmitter {
    readonly webContents = new FakeContents();
    readonly urls: string[] = [];
    readonly options: Record<string, unknown>;
    constructor(options: Record<string, unknown>) {
      super();
      this.options = options;
      windows.push(this);
    }
    loadURL = async (url: string) => void this.urls.push(url);
    isDestroyed = () => false;
    isMinimized = () => true;
    isFocused = () => true;
    restore = () => note('restore');
    show = () => note('show');
    focus = () => note('focus');
    setTitleBarOverlay = () => note('setTitleBarOverlay');
  }

  class FakeTray {
    setToolTip = () => {};
    setContextMenu = () => note('tray');
    destroy = () => {};
  }
  const app = Object.assign(new EventEmitter(), {
    isPackaged: true,
    hasLock: true,
    isReady: () => true,
    getPath: (_name: string): string => '',
    getVersion: () => '0.1.0',
    setPath: (name: string) => note(`setPath ${name}`),
    enableSandbox: () => note('enableSandbox'),
    requestSingleInstanceLock: () => app.hasLock,
    whenReady: () => whenReady,
    quit: () => note('quit'),
    setAsDefaultProtocolClient: (scheme: string) => note(`protocol ${scheme}`),
    setAboutPanelOptions: () => {},
    showAboutPanel: () => note('about'),
    getLoginItemSettings: () => ({ openAtLogin: false }),
    setLoginItemSettings: () => {},
  });
  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: () => note('permissions'),
    setPermissionCheckHandler: () => {},
    setDevicePermissionHandler: () => {},
    setDisplayMediaRequestHandler: () => {},
    webRequest: { onBeforeRequest: () => note('requests') },
    protocol: {
      handle: (scheme: string, handle: (...args: never[]) => unknown) => {
        note(`handle ${scheme}`);
        handlers.set(scheme, handle);
      },
    },
  });
  const electron = {
    app,
    BrowserWindow: FakeWindow,
    safeStorage: { isEncryptionAvailable: () => false },
    powerMonitor: Object.assign(new EventEmitter(), { isOnBatteryPower: () => false }),
    powerSaveBlocker: { start: () => 1, stop: () => {} },
    nativeImage: { createFromPath: () => ({ resize: () => ({}) }) },
    Tray: FakeTray,
    Notification: { isSupported: () => false },
    dialog: { showErrorBox: (...texts: string[]) => void errorBoxes.push(texts) },
    ipcMain: { handle: (channel: string, handle: (...args: never[]) => unknown) => void handlers.set(channel, handle) },
    Menu: { buildFromTemplate: (template: unknown) => template, setApplicationMenu: () => note('menu') },
    nativeTheme: Object.assign(new EventEmitter(), { shouldUseDarkColors: true, themeSource: 'system' }),
    protocol: { registerSchemesAsPrivileged: () => note('declare scheme') },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    session: { defaultSession: session },
    shell: { openExternal: async (url: string) => note(`open ${url}`) },
    utilityProcess: {
      fork: (file: string, args: string[], options: { env: Record<string, string> }) => {
        const child = new FakeUtilityProcess();
        forks.push({ file, args, options, child });
        return child;
      },
    },
  };
  return { electron, app, done, forks, windows, handlers, errorBoxes, becomeReady };
};
