import { mkdirSync } from 'node:fs';
import { app } from 'electron';
import { fileSink } from '../log/file-sink.ts';
import { createLogger } from '../log/logger.ts';
import { declareConsoleScheme } from '../protocol/register.ts';
import { systemClock } from './clock.ts';
import { DesktopApp } from './desktop-app.ts';
import { appPaths, userPaths } from './paths.ts';

// Everything that Electron wants before it is ready stands here; the rest is DesktopApp's.
const paths = userPaths(app.getPath('appData'));
mkdirSync(paths.profileDir, { recursive: true, mode: 0o700 });
app.setPath('userData', paths.profileDir);
app.enableSandbox();
declareConsoleScheme();

if (app.requestSingleInstanceLock()) {
  const log = createLogger(systemClock, [(line) => void process.stderr.write(`${line}\n`), fileSink(paths.logFile)]);
  new DesktopApp({ app: appPaths(import.meta.dirname), user: paths, clock: systemClock, log }).run();
} else {
  // The other instance was told and comes to the front.
  app.quit();
}
