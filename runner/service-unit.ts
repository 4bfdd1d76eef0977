import { resolve } from 'node:path';
import type { ServiceArgs } from './args.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import { readIdentity } from './identity.ts';
import type { Printer } from './printer.ts';
import type { Surroundings } from './user-folders.ts';

export type ServiceFormat = NonNullable<ServiceArgs['format']>;

/** What a unit starts. */
export interface ServiceTarget {
  /** Absolute path of the Node that runs now. */
  node: string;
  /** The verified copy that connect or upgrade kept. */
  bootstrap: string;
  stateDir: string;
  enrollment: string;
  /** What `run` is started with besides its folder. */
  runWords: readonly string[];
}

/** Ends that a start would only repeat: usage, data, already running, plane not trusted, not permitted. */
const FINAL_EXITS = [EXIT.usage, EXIT.data, EXIT.alreadyRunning, EXIT.planeNotTrusted, EXIT.notPermitted];
/** A drain (30 s), then giving back and killing (20 s), and a little. */
const STOP_WITHIN_S = 60;
const RESTART_AFTER_S = 10;

const nameOf = ({ enrollment }: ServiceTarget): string => `connected-compute-${enrollment}`;
const argumentsOf = ({ bootstrap, stateDir, runWords }: ServiceTarget): string[] => [
  bootstrap,
  'run',
  '--state-dir',
  stateDir,
  ...runWords,
];

/** Percent signs and dollars mean something in a unit, quotes and backslashes inside quotes too. */
const systemdWord = (word: string): string =>
  `"${word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;
const xmlText = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const windowsWord = (word: string): string => `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;

function systemdUnit(target: ServiceTarget): string {
  const command = [target.node, ...argumentsOf(target)].map(systemdWord).join(' ');
  return `[Unit]
Description=Connected Compute runner ${target.enrollment}
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=${command}
Restart=always
RestartSec=${RESTART_AFTER_S}
RestartPreventExitStatus=${FINAL_EXITS.join(' ')}
KillMode=mixed
TimeoutStopSec=${STOP_WITHIN_S}
UMask=0077

[Install]
WantedBy=default.target
`;
}

function launchdPlist(target: ServiceTarget): string {
  const words = [target.node, ...argumentsOf(target)].map((word) => `    <string>${xmlText(word)}</string>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>${xmlText(nameOf(target))}</string>
  <key>ProgramArguments</key>
  <array>
${words.join('\n')}
  </array>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ThrottleInterval</key><integer>${RESTART_AFTER_S}</integer>
  <key>ExitTimeOut</key><integer>${STOP_WITHIN_S}</integer>
  <key>Umask</key><integer>63</integer>
</dict>
</plist>
`;
}

function windowsTask(target: ServiceTarget): string {
  return `<?xml version="1.0"?>
<Task version="1.4" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Connected Compute runner ${xmlText(target.enrollment)}</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>255</Count></RestartOnFailure>
  </Settings>
  <Actions>
    <Exec>
      <Command>${xmlText(target.node)}</Command>
      <Arguments>${xmlText(argumentsOf(target).map(windowsWord).join(' '))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

/** The text of a unit that starts the kept bootstrap for this user. It holds paths and an id, no secret. */
export function serviceUnit(format: ServiceFormat, target: ServiceTarget): string {
  if (format === 'systemd') return systemdUnit(target);
  return format === 'launchd' ? launchdPlist(target) : windowsTask(target);
}

/** How the printed text is put to use. */
export function installHint(format: ServiceFormat, target: ServiceTarget): string {
  const name = nameOf(target);
  if (format === 'systemd')
    return `Save it as ~/.config/systemd/user/${name}.service, then: systemctl --user enable --now ${name} && loginctl enable-linger`;
  if (format === 'launchd')
    return `Save it as ~/Library/LaunchAgents/${name}.plist, then: launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/${name}.plist`;
  return `Save it as ${name}.xml, then: schtasks /create /tn ${name} /xml ${name}.xml`;
}

const FORMATS: Readonly<Partial<Record<NodeJS.Platform, ServiceFormat>>> = { darwin: 'launchd', win32: 'windows' };

/** Prints the unit on standard output and how to use it on standard error; it installs nothing. */
export function service(
  args: ServiceArgs,
  { printer, surroundings }: { printer: Printer; surroundings: Surroundings },
): ExitCode {
  const { stateDir, enrollment } = readIdentity(args, surroundings);
  const format = args.format ?? FORMATS[surroundings.platform] ?? 'systemd';
  // A service starts in another folder than this command.
  const path = resolve(stateDir.path);
  const bootstrap = resolve(stateDir.bootstrapPath);
  const target = { node: process.execPath, bootstrap, stateDir: path, enrollment, runWords: args.runWords };
  printer.say(serviceUnit(format, target).trimEnd());
  printer.warn(installHint(format, target));
  return EXIT.ok;
}
