import type { MenuItemConstructorOptions } from 'electron';

/**
 * The native menu: roles only, so that copy, paste, zoom and full screen work by the system's own keys.
 * @param hasDevTools true in an unpackaged app only
 */
export const menuTemplate = (platform: NodeJS.Platform, hasDevTools: boolean): MenuItemConstructorOptions[] => {
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
    { role: 'windowMenu' },
  ];
};
