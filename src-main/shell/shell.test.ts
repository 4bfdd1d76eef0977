import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src-server/contract/console.ts';
import type { StreamChange } from '../../src-server/contract/stream.ts';
import { diagnosticsOf } from '../log/diagnostics.ts';
import { takeChanges } from './fleet-watch.ts';
import { createNoticeLimit, noticesOf } from './notices.ts';
import { trayTemplate } from './tray-template.ts';

const WS = `ws_${'0'.repeat(26)}`;
const change = (types: string[], rows: object = {}): StreamChange =>
  ({ seq: 1, at: '2026-01-01T00:00:00.000Z', types, ref: {}, rows }) as StreamChange;
const job = { job_id: 'job_1', wu_id: 'WU-1', title: 'Build <b>', state: 'queued' };

describe('notifications', () => {
  it('tell what needs a person, and open its screen', () => {
    const of = (types: string[], rows?: object) =>
      noticesOf(WS, change(types, rows)).map(({ title, path }) => [title, path]);
    expect(of(['approval.requested'], { jobs: [job] })).toEqual([['Approval needed', `/dashboard/${WS}/approvals`]]);
    expect(of(['lease.expired'], { jobs: [job] })).toEqual([['Lease lost', `/dashboard/${WS}/jobs/job_1`]]);
    expect(of(['budget.refused'], { jobs: [{ ...job, state: 'refused' }] })).toEqual([
      ['Job refused', `/dashboard/${WS}/jobs/job_1`],
    ]);
    expect(of(['source.offline'], { sources: [{ source_id: 'src_1', name: 'dock' }] })).toEqual([
      ['Source offline', `/dashboard/${WS}/sources?source=src_1`],
    ]);
    expect(of(['lease.granted', 'job.submitted', 'checkpoint.signed'], { jobs: [job] })).toEqual([]);
  });

  it('are few, however many there would be', () => {
    let nowMs = 0;
    const may = createNoticeLimit(() => nowMs, 2, 1_000);
    expect([may(), may(), may()]).toEqual([true, true, false]);
    nowMs = 1_000;
    expect(may()).toBe(true);
  });
});

it('reads changes out of a stream that arrives in pieces, and nothing else', () => {
  const event = `event: change\nid: 1\ndata: ${JSON.stringify(change(['source.online']))}\n\n`;
  const first = takeChanges(`: open\n\nevent: pulse\ndata: {}\n\n${event.slice(0, 30)}`);
  expect(first.changes).toEqual([]);
  expect(takeChanges(first.rest + event.slice(30)).changes.map(({ types }) => types)).toEqual([['source.online']]);
  expect(takeChanges('event: change\ndata: {torn\n\n').changes).toEqual([]);
});

describe('the tray', () => {
  const machine = { state: 'unused', wish: 'off', enrollment: null } as unknown as Machine;
  const done: string[] = [];
  const actions = {
    open: (s: string) => done.push(s),
    machine: (w: string) => done.push(w),
    quit: () => done.push('quit'),
  };
  const labels = (items: MenuItemConstructorOptions[]) => items.map(({ label }) => label);

  it('tells the fleet, and offers this machine', () => {
    const items = trayTemplate('ready', { online: 2, sources: 3, leases: 1 }, machine, actions);
    expect(labels(items)).toContain('Fleet: 2 of 3 sources online, 1 leases');
    expect(labels(items)).toContain('Use this machine…');
  });

  it('switches this machine where it is in use', () => {
    const used = { ...machine, state: 'running', wish: 'on', enrollment: {} } as unknown as Machine;
    const items = trayTemplate('ready', null, used, actions);
    items.find(({ label }) => label === 'Pause')?.click?.(null as never, undefined, null as never);
    expect(done).toEqual(['paused']);
    expect(items.find(({ label }) => label === 'On')).toMatchObject({ checked: true, type: 'radio' });
  });
});

it('a diagnostics bundle holds no secret, whatever the logs hold', () => {
  const text = diagnosticsOf({
    info: { version: '1', operator_token: `cco_${'a'.repeat(38)}` },
    files: { 'desktop.log': `x cce_${'b'.repeat(38)} Bearer ${'c'.repeat(30)}\n`, 'gone.log': null },
  });
  expect(text).not.toMatch(/a{38}|b{38}|c{30}/);
  expect(JSON.parse(text)).toMatchObject({ files: { 'gone.log': null } });
});
