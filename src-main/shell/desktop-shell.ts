import { app, Menu, Notification, nativeImage, Tray } from 'electron';
import type { PlaneStatus } from '../../src-server/contract/ipc.ts';
import { overview } from '../../src-server/contract/workspace.ts';
import type { Machine } from '../../src-server/public.ts';
import type { AppClock } from '../app/clock.ts';
import type { AppLogger } from '../log/logger.ts';
import type { PlaneReady } from '../plane/supervisor.ts';
import { FleetWatch } from './fleet-watch.ts';
import { createNoticeLimit, noticesOf } from './notices.ts';
import { type FleetCounts, trayTemplate } from './tray-template.ts';

/** Counts for the tray are asked for at most this often. */
const COUNT_EVERY_MS = 5_000;

export interface ShellParts {
  clock: AppClock;
  log: AppLogger;
  machine: Machine;
  iconFile: string;
  plane: () => PlaneReady | null;
  planeState: () => PlaneStatus['state'];
  /** Brings the window to the front, on this path of the console. */
  open: (path: string) => void;
  isInFront: () => boolean;
}

/** Tray, notifications and the watch that feeds them. Made once the app is ready. */
export class DesktopShell {
  readonly #watch: FleetWatch;
  readonly #mayNotify: () => boolean;
  #tray: Tray | null = null;
  #fleet: FleetCounts = null;
  #countedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: ShellParts) {
    this.#mayNotify = createNoticeLimit(() => parts.clock.monoMs());
    this.#watch = new FleetWatch({
      clock: parts.clock,
      plane: parts.plane,
      send: fetch,
      heard: (change) => {
        const ws = parts.plane()?.workspace_id;
        if (ws !== undefined) for (const notice of noticesOf(ws, change)) this.#notify(notice);
        void this.#count();
      },
    });
    parts.machine.onChange(() => this.refresh());
  }

  start(): void {
    try {
      const icon = nativeImage.createFromPath(this.parts.iconFile).resize({ width: 16, height: 16 });
      this.#tray = new Tray(icon);
      this.#tray.setToolTip('Connected Compute');
    } catch (cause) {
      // A desktop without a tray; the window has everything that it would have shown.
      this.parts.log.warn('tray.not_there', { cause });
    }
    this.refresh();
  }

  /** The control plane is in service, or is again. */
  planeReady(): void {
    this.#watch.start();
    this.#countedMs = Number.NEGATIVE_INFINITY;
    void this.#count();
  }

  refresh(): void {
    if (this.#tray === null) return;
    const { machine, planeState, open, log } = this.parts;
    const template = trayTemplate(planeState(), this.#fleet, machine.view(null), {
      open: (screen) => open(this.#board(screen)),
      machine: (wish) => {
        machine.set(wish).catch((cause: unknown) => log.warn('machine.not_switched', { cause }));
      },
      quit: () => app.quit(),
    });
    this.#tray.setContextMenu(Menu.buildFromTemplate(template));
  }

  stop(): void {
    this.#watch.stop();
    this.#tray?.destroy();
    this.#tray = null;
  }

  #board(screen: string): string {
    const ws = this.parts.plane()?.workspace_id;
    return ws === undefined ? '/' : `/dashboard/${ws}/${screen}`;
  }

  #notify(notice: { title: string; body: string; path: string }): void {
    // Who looks at the console sees it there.
    if (this.parts.isInFront() || !Notification.isSupported() || !this.#mayNotify()) return;
    const shown = new Notification({ title: notice.title, body: notice.body });
    shown.on('click', () => this.parts.open(notice.path));
    shown.show();
  }

  async #count(): Promise<void> {
    const { clock, plane } = this.parts;
    const access = plane();
    if (access === null || clock.monoMs() - this.#countedMs < COUNT_EVERY_MS) return;
    this.#countedMs = clock.monoMs();
    try {
      const response = await fetch(`${access.url}/api/v1/workspaces/${access.workspace_id}/overview`, {
        headers: { authorization: `Bearer ${access.operator_token}` },
        redirect: 'error',
      });
      const { source_counts: sources, leases } = overview
        .pick({ source_counts: true, leases: true })
        .parse(await response.json());
      this.#fleet = { online: sources.taking_jobs, sources: sources.total, leases: leases.active };
    } catch {
      this.#fleet = null;
    }
    this.refresh();
  }
}
