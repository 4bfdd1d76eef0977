import type { MenuItemConstructorOptions } from 'electron';

/** What the menu starts. */
export interface MenuActions {
  /** Opens a screen of the embedded workspace. */
  open: (screen: string) => void;
  about: () => void;
  openLogs: () => void;
  saveDiagnostics: () => void;
  checkUpdates: () => void;
}

/** Screens as they stand in the navigation. */
const SCREENS: readonly (readonly [label: string, screen: string])[] = [
  ['Overview', 'compute'],
  ['Jobs', 'jobs'],
  ['Leases', 'leases'],
  ['Approvals', 'approvals'],
  ['Sources', 'sources'],
  ['Evidence', 'evidence'],
  ['Settings', 'settings'],
];

/**
 * The native menu: roles where the system has them, so that copy, paste, zoom and full screen work by the system's own keys.
 * @param hasDevTools true in an unpackaged app only
 */
export const menuTemplate = (
  platform: NodeJS.Platform,
  hasDevTools: boolean,
  actions: MenuActions,
): MenuItemConstructorOptions[] => {
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  if (hasDevTools) view.push({ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' });
  return [
    ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : [{ role: 'fileMenu' } as const]),
    { role: 'editMenu' },
    { label: 'View', submenu: view },
    { label: 'Go', submenu: SCREENS.map(([label, screen]) => ({ label, click: () => actions.open(screen) })) },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { label: 'Show logs', click: actions.openLogs },
        { label: 'Save diagnostics…', click: actions.saveDiagnostics },
        { label: 'Look for updates', click: actions.checkUpdates },
        ...(platform === 'darwin' ? [] : [{ label: 'About Connected Compute', click: actions.about }]),
      ],
    },
  ];
};
