import { app, type BrowserWindow, dialog, Menu, nativeTheme, session, shell } from 'electron';
import type { AppInfo, PlaneStatus } from '../../src-server/contract/ipc.ts';
import { connectIpc, notify } from '../ipc/connect-ipc.ts';
import type { IpcHandlers } from '../ipc/ipc-door.ts';
import type { AppLogger } from '../log/logger.ts';
import { awaitPlane } from '../plane/await-plane.ts';
import { PlaneSupervisor } from '../plane/supervisor.ts';
import { planeInUtilityProcess } from '../plane/utility-process.ts';
import { createConsoleHandler } from '../protocol/console-handler.ts';
import { createPlaneProxy, type ReachPlane } from '../protocol/plane-proxy.ts';
import { serveConsoleScheme } from '../protocol/register.ts';
import { isExternalAllowed, restrictEveryPage, restrictSession } from '../security/restrictions.ts';
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
  readonly #hasDevTools = !app.isPackaged;
  #window: BrowserWindow | null = null;

  constructor(parts: DesktopParts) {
    this.#parts = parts;
    this.#plane = new PlaneSupervisor(planeInUtilityProcess(parts.app.cliFile, parts.log), parts.clock, parts.log);
  }

  /** Called once, before Electron is ready. */
  run(): void {
    const { log } = this.#parts;
    restrictEveryPage(app, log, (url) => void this.#openExternal(url));
    app.on('second-instance', () => this.#toFront());
    app.on('activate', () => this.#toFront());
    app.on('window-all-closed', () => {
      // On macOS an app without a window goes on; here that also keeps its plane serving runners.
      if (process.platform !== 'darwin') app.quit();
    });
    app.on(
      'before-quit',
      createQuitDrain(
        () => this.#plane.stop(),
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
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, this.#hasDevTools)));
    restrictSession(session.defaultSession, log, this.#hasDevTools);
    const proxy = createPlaneProxy(this.#reach, log);
    serveConsoleScheme(session.defaultSession, createConsoleHandler({ rendererDir: paths.rendererDir, proxy, log }));
    connectIpc(this.#handlers(), log);
    this.#plane.start();
    this.#toFront();
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
      'window.scheme': ({ scheme }) => {
        nativeTheme.themeSource = scheme;
        if (process.platform !== 'darwin') this.#window?.setTitleBarOverlay(titleBarOverlay(scheme));
        return null;
      },
    };
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
    if (this.#window !== null) notify(this.#window, 'plane.changed', status);
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
        log,
      });
      return;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }
}
