import { describe, expect, test } from 'vitest';
import { installHint, serviceUnit } from './service-unit.ts';

const target = {
  node: '/opt/node 20/bin/node',
  bootstrap: '/home/a "b"/50%/bootstrap.mjs',
  stateDir: '/home/a "b"/50%',
  enrollment: 'enr_1',
  runWords: [],
};

describe('a unit that starts the kept runner', () => {
  test('of systemd quotes what means something to it and lets a drain finish', () => {
    const unit = serviceUnit('systemd', target);
    expect(unit).toContain(
      String.raw`ExecStart="/opt/node 20/bin/node" "/home/a \"b\"/50%%/bootstrap.mjs" "run" "--state-dir" "/home/a \"b\"/50%%"`,
    );
    expect(unit).toContain('KillMode=mixed\nTimeoutStopSec=60\n');
    expect(unit).toContain('RestartPreventExitStatus=64 65 75 76 77\n');
    expect(installHint('systemd', target)).toContain('connected-compute-enr_1.service');
  });

  test('starts run with the options that it was printed with', () => {
    const runWords = ['--kube-helper', `host/busybox@sha256:${'a'.repeat(64)}`, '--kubeconfig', '/home/a b/kube.json'];
    const words = { ...target, runWords };
    expect(serviceUnit('systemd', words)).toMatch(
      / "--kube-helper" "host\/busybox@sha256:a{64}" "--kubeconfig" "\/home\/a b\/kube.json"$/m,
    );
    expect(serviceUnit('launchd', words)).toContain('<string>/home/a b/kube.json</string>');
    expect(serviceUnit('windows', words)).toContain('&#34;--kubeconfig&#34; &#34;/home/a b/kube.json&#34;</Arguments>');
  });

  test('of launchd is a property list with every word by itself', () => {
    const plist = serviceUnit('launchd', target);
    expect(plist).toContain('<string>/home/a &#34;b&#34;/50%</string>');
    expect([...plist.matchAll(/^ {4}<string>/gm)]).toHaveLength(5);
  });

  test('of Windows is a task that never times out and starts once', () => {
    const task = serviceUnit('windows', { ...target, stateDir: 'C:\\a b\\', bootstrap: 'C:\\a b\\bootstrap.mjs' });
    expect(task).toContain('&#34;C:\\a b\\\\&#34;</Arguments>');
    expect(task).toContain('<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>');
    expect(task).toContain('<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>');
  });
});
