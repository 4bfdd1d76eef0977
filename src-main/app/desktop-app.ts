import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { app, type BrowserWindow, dialog, Menu, nativeTheme, safeStorage, session, shell } from 'electron';
import type { AppInfo, PlaneStatus } from '../../src-server/contract/ipc.ts';
import { type OpenConsole, openConsole, ProblemError } from '../../src-server/public.ts';
import { electronPower } from '../console/electron-power.ts';
import { keychainKeeper } from '../console/keychain-keeper.ts';
import { runnerInUtilityProcess } from '../console/runner-process.ts';
import { connectIpc, notify } from '../ipc/connect-ipc.ts';
import type { IpcHandlers } from '../ipc/ipc-door.ts';
import { DEEP_LINK_SCHEME, deepLinkIn, pathOfDeepLink } from '../links/deep-link.ts';
import { diagnosticsOf } from '../log/diagnostics.ts';
import type { AppLogger } from '../log/logger.ts';
import { awaitPlane } from '../plane/await-plane.ts';
import { CommandLineSwitch } from '../plane/command-line.ts';
import { PlaneSupervisor } from '../plane/supervisor.ts';
import { planeInUtilityProcess } from '../plane/utility-process.ts';
import { createConsoleHandler } from '../protocol/console-handler.ts';
import { createPlaneProxy, type ReachPlane } from '../protocol/plane-proxy.ts';
import { serveConsoleScheme } from '../protocol/register.ts';
import { isExternalAllowed, restrictEveryPage, restrictSession } from '../security/restrictions.ts';
import { DesktopShell } from '../shell/desktop-shell.ts';
import { checkForUpdates } from '../shell/updates.ts';
import { openWindow } from '../window/open-window.ts';
import { titleBarOverlay } from '../window/window-options.ts';
import type { AppClock } from './clock.ts';
import { menuTemplate } from './menu-template.ts';
import type { AppPaths, UserPaths } from './paths.ts';
import { createQuitDrain } from './quit-drain.ts';

/** A call of the page waits this long for a plane that is starting; the page itself shows what is going on. */
const PLANE_WAIT_MS = 15_000;

export interface DesktopParts {
  app: AppPaths;
  user: UserPaths;
  clock: AppClock;
  log: AppLogger;
}

/** Puts the desktop app together: one plane, one window, and the doors between them. */
export class DesktopApp {
  readonly #parts: DesktopParts;
  readonly #plane: PlaneSupervisor;
  readonly #commandLine: CommandLineSwitch;
  readonly #hasDevTools = !app.isPackaged;
  #window: BrowserWindow | null = null;
  #console: OpenConsole | null = null;
  #shell: DesktopShell | null = null;
  /** Where the plane answered last; the next start asks for the same, so that runners find it again. */
  #planePort = 0;
  /** A screen that was asked for before there was a window. */
  #firstPath = '/';

  constructor(parts: DesktopParts) {
    this.#parts = parts;
    const start = planeInUtilityProcess(parts.app.cliFile, parts.log, () => this.#planePort);
    this.#plane = new PlaneSupervisor(start, parts.clock, parts.log);
    this.#commandLine = new CommandLineSwitch(this.#plane, parts.clock, parts.log);
  }

  /** Called once, before Electron is ready. */
  run(): void {
    const { log } = this.#parts;
    restrictEveryPage(app, log, (url) => void this.#openExternal(url));
    app.setAsDefaultProtocolClient(DEEP_LINK_SCHEME);
    this.#followArgv(process.argv);
    app.on('second-instance', (_event, argv) => {
      this.#followArgv(argv);
      this.#toFront();
    });
    // How macOS hands over a link.
    app.on('open-url', (event, url) => {
      event.preventDefault();
      const path = pathOfDeepLink(url);
      if (path === null) log.warn('link.refused', { because: 'it names no screen' });
      else this.#open(path);
    });
    app.on('activate', () => this.#toFront());
    app.on('window-all-closed', () => {
      // On macOS an app without a window goes on; here that also keeps its plane serving runners.
      if (process.platform !== 'darwin') app.quit();
    });
    app.on(
      'before-quit',
      createQuitDrain(
        () => this.#drain(),
        () => app.quit(),
        log,
      ),
    );
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => app.quit());
    this.#plane.onChange((status) => this.#planeChanged(status));
    app.whenReady().then(
      () => this.#ready(),
      (cause: unknown) => log.error('app.not_ready', { cause }),
    );
  }

  #ready(): void {
    const { log, app: paths } = this.#parts;
    this.#setMenu();
    nativeTheme.on('updated', () => this.#paintTitleBar());
    const own = this.#openConsole();
    restrictSession(session.defaultSession, log, this.#hasDevTools);
    const proxy = createPlaneProxy(this.#reach, log);
    const caller = { name: 'desktop', isAdmin: true };
    const answerOwn = (request: Request, path: string) => own.host.answer(request, path, caller);
    const handle = createConsoleHandler({ rendererDir: paths.rendererDir, proxy, own: answerOwn, log });
    serveConsoleScheme(session.defaultSession, handle);
    connectIpc(this.#handlers(), log);
    this.#shell = new DesktopShell({
      clock: this.#parts.clock,
      log,
      machine: own.machine,
      iconFile: paths.iconFile,
      plane: () => this.#plane.ready,
      planeState: () => this.#plane.status.state,
      open: (path) => this.#open(path),
      isInFront: () => this.#window?.isFocused() ?? false,
    });
    this.#shell.start();
    this.#plane.start();
    this.#toFront();
  }

  #openConsole(): OpenConsole {
    const { log, user, app: paths, clock } = this.#parts;
    const keeper = keychainKeeper(safeStorage, process.platform);
    this.#console = openConsole({
      dir: user.consoleDir,
      runner: runnerInUtilityProcess(paths.bootstrapFile),
      power: electronPower(),
      ...(keeper === null ? {} : { keeper }),
      ownPlane: async () => {
        const ready = await awaitPlane(this.#plane, clock, PLANE_WAIT_MS);
        if (ready === null) throw new ProblemError('plane.stopping', 'The control plane is not in service. Try again.');
        return { url: ready.url, token: ready.operator_token };
      },
      onFault: (cause) => log.error('console.fault', { cause }),
    });
    return this.#console;
  }

  #setMenu(): void {
    const template = menuTemplate(process.platform, this.#hasDevTools, {
      open: (screen) => {
        const ws = this.#plane.ready?.workspace_id;
        if (ws !== undefined) this.#open(`/dashboard/${ws}/${screen}`);
      },
      about: () => app.showAboutPanel(),
      openLogs: () => void this.#openLogs(),
      saveDiagnostics: () => void this.#saveDiagnostics(),
      checkUpdates: () =>
        void this.#checkUpdates().then(({ sentence }) => dialog.showMessageBox({ message: sentence, type: 'info' })),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
    app.setAboutPanelOptions({ applicationName: 'Connected Compute', applicationVersion: app.getVersion() });
  }

  /** This machine gives back what it runs while the plane still hears it; then the plane checkpoints and ends. */
  async #drain(): Promise<void> {
    this.#shell?.stop();
    await this.#console?.close().catch((cause: unknown) => this.#parts.log.error('console.not_closed', { cause }));
    await this.#plane.stop();
  }

  #followArgv(argv: readonly string[]): void {
    const link = deepLinkIn(argv);
    if (link.kind === 'refused') this.#parts.log.warn('link.refused', { because: link.because });
    if (link.kind === 'open') this.#open(link.path);
  }

  /** Leads the window to a path of the console, in front; a window that is not there yet begins with it. */
  #open(path: string): void {
    if (this.#window === null || this.#window.isDestroyed()) this.#firstPath = path;
    else notify(this.#window, 'navigate', { path });
    this.#toFront();
  }

  async #openLogs(): Promise<null> {
    await shell.openPath(dirname(this.#parts.user.logFile));
    return null;
  }

  async #saveDiagnostics(): Promise<{ saved: boolean }> {
    const { user, log, clock } = this.#parts;
    const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: 'connected-compute-diagnostics.json' });
    if (canceled || filePath === '') return { saved: false };
    const read = (file: string): string | null => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return null;
      }
    };
    const logs = [user.logFile, `${user.logFile}.1`];
    const info = {
      at: clock.instant(),
      version: app.getVersion(),
      versions: { electron: process.versions.electron, chrome: process.versions.chrome, node: process.versions.node },
      platform: `${process.platform} ${process.arch}`,
      plane: this.#plane.status,
      machine: this.#console?.machine.view(null),
      machine_log: this.#console?.machine.lines,
    };
    const files = Object.fromEntries(logs.map((file) => [basename(file), read(file)]));
    writeFileSync(filePath, diagnosticsOf({ info, files }), { mode: 0o600 });
    log.info('diagnostics.saved', {});
    return { saved: true };
  }

  async #checkUpdates(): Promise<{ sentence: string }> {
    return { sentence: await checkForUpdates(app.isPackaged, process.resourcesPath, this.#parts.log) };
  }

  readonly #reach: ReachPlane = async () => {
    const ready = await awaitPlane(this.#plane, this.#parts.clock, PLANE_WAIT_MS);
    return ready ?? { sentence: this.#plane.status.sentence ?? 'The control plane is not in service yet.' };
  };

  #handlers(): IpcHandlers {
    return {
      'app.info': (): AppInfo => ({
        version: app.getVersion(),
        electron: process.versions.electron,
        platform: process.platform === 'darwin' ? 'mac' : process.platform === 'win32' ? 'win' : 'linux',
      }),
      'plane.status': () => this.#plane.status,
      'plane.restart': () => {
        this.#plane.start();
        return null;
      },
      'external.open': async ({ url }) => ({ opened: await this.#openExternal(url) }),
      'logs.open': () => this.#openLogs(),
      'diagnostics.save': () => this.#saveDiagnostics(),
      'updates.check': () => this.#checkUpdates(),
      'login_item.get': () => ({
        is_on: process.platform === 'linux' ? null : app.getLoginItemSettings().openAtLogin,
      }),
      'login_item.set': ({ is_on: openAtLogin }) => {
        if (process.platform !== 'linux') app.setLoginItemSettings({ openAtLogin });
        return null;
      },
      'command_line.get': () => ({ is_on: this.#commandLine.isOn }),
      'command_line.set': async ({ is_on: isOn }) => ({ is_on: await this.#commandLine.set(isOn) }),
      'window.scheme': ({ scheme }) => {
        nativeTheme.themeSource = scheme;
        if (process.platform !== 'darwin') this.#paintTitleBar();
        return null;
      },
    };
  }

  #paintTitleBar(): void {
    if (process.platform === 'darwin' || this.#window === null || this.#window.isDestroyed()) return;
    this.#window.setTitleBarOverlay(titleBarOverlay(nativeTheme.shouldUseDarkColors ? 'dark' : 'light'));
  }

  async #openExternal(url: string): Promise<boolean> {
    if (!isExternalAllowed(url)) {
      this.#parts.log.warn('external.refused', { url });
      return false;
    }
    await shell.openExternal(url);
    return true;
  }

  #planeChanged(status: PlaneStatus): void {
    if (this.#window !== null && !this.#window.isDestroyed()) notify(this.#window, 'plane.changed', status);
    this.#shell?.refresh();
    const ready = this.#plane.ready;
    if (ready !== null) {
      this.#planePort = Number(new URL(ready.url).port);
      this.#shell?.planeReady();
      void this.#console?.machine.resume();
    }
    // The port may be somebody else's by now.
    if (status.state === 'restarting' && status.crashes > 1) this.#planePort = 0;
    if (status.state !== 'failed') return;
    // Nothing in the window works without it, and another start would end the same way.
    dialog.showErrorBox('The control plane cannot run', status.sentence ?? 'Its log says why.');
    app.quit();
  }

  #toFront(): void {
    if (!app.isReady()) return;
    const { log, app: paths, user } = this.#parts;
    if (this.#window === null || this.#window.isDestroyed()) {
      this.#window = openWindow({
        preloadFile: paths.preloadFile,
        stateFile: user.windowStateFile,
        hasDevTools: this.#hasDevTools,
        path: this.#firstPath,
        askReload: async () => {
          const message = 'The console does not answer.';
          const detail = 'Its control plane and your jobs go on. Loading it again loses nothing.';
          const { response } = await dialog.showMessageBox({ message, detail, buttons: ['Load again', 'Wait'] });
          return response === 0;
        },
        log,
      });
      this.#firstPath = '/';
      return;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }
}
