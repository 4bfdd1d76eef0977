import { describe, expect, it } from 'vitest';
import { formatAge, formatAgeShort, formatDuration, formatSpan } from './duration.ts';
import { formatHosts, parseHosts } from './hosts.ts';
import { formatClock, formatDay, formatDayClock, formatWhen } from './instant.ts';
import { formatBytes, formatCu, formatHash, formatPlural, formatSeq } from './number.ts';

const S = 1_000;
const M = 60 * S;
const H = 60 * M;

describe('durations', () => {
  it.each([
    [-5, '0:00'],
    [0, '0:00'],
    [13 * S, '0:13'],
    [13 * S + 999, '0:13'],
    [4 * M + 26 * S, '4:26'],
    [59 * M + 59 * S, '59:59'],
    [2 * H + 14 * M + 59 * S, '2 h 14 m'],
    [1 * H + 59 * S, '1 h'],
    [48 * H, '2 d'],
    [76 * H, '3 d 4 h'],
  ])('writes %i ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
  it.each([
    [2 * S, '2 s'],
    [62 * S, '62 s'],
    [4 * M, '4 min'],
    [2 * H + 14 * M, '2 h 14 m'],
  ])('writes the age of %i ms as %s', (ms, text) => expect(formatAge(ms)).toBe(text));
  it('keeps one unit in narrow columns', () => {
    expect([62 * S, 4 * M, 2 * H + 14 * M, 76 * H].map(formatAgeShort)).toEqual(['62 s', '4 m', '2 h', '3 d']);
  });
  it('writes settings in words', () => {
    expect([15 * S, 90 * S, 5 * M, 2 * H, 150 * S].map(formatSpan)).toEqual(['15 s', '90 s', '5 min', '2 h', '2:30']);
  });
});

describe('instants', () => {
  const at = new Date(2026, 9, 13, 10, 42, 36).getTime();
  it('uses a 24 hour clock with seconds', () => expect(formatClock(at)).toBe('10:42:36'));
  it('names day and month', () => expect(formatDay(at)).toBe('13 Oct'));
  it('shows the day in the status bar', () => expect(formatDayClock(at)).toBe('Tue 13 Oct, 10:42:36'));
  it('drops the day for today only', () => {
    expect(formatWhen(at, at + H)).toBe('10:42:36');
    expect(formatWhen(at, at + 24 * H)).toBe('13 Oct, 10:42');
  });
});

describe('numbers', () => {
  it('groups entries of the log', () => expect(formatSeq(18_186)).toBe('#18,186'));
  it.each([
    [0, '0 CU'],
    [228_000, '228 CU'],
    [1_755_000, '1,755 CU'],
    [400, '0.4 CU'],
    [20, '<0.1 CU'],
    [12_960, '13 CU'],
    [12_340, '12.3 CU'],
  ])('writes %i milli-CU as %s', (mcu, text) => expect(formatCu(mcu)).toBe(text));
  it('shortens hashes', () => expect(formatHash(`9f3c71${'0'.repeat(56)}a1`)).toBe('9f3c71…a1'));
  it('writes bytes with binary units', () => {
    expect([512, 1_536, 16 * 1_073_741_824].map(formatBytes)).toEqual(['512 B', '1.5 KiB', '16 GiB']);
  });
  it('knows one from many', () => {
    expect([formatPlural(1, 'lease'), formatPlural(18, 'lease')]).toEqual(['1 lease', '18 leases']);
  });
});

describe('hosts of a private network', () => {
  it.each([
    ['files.lan:443', [{ host: 'files.lan', port: 443 }]],
    [
      ' a:1,\nb:2 , ',
      [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
    ],
    ['', []],
    ['files.lan', null],
    ['files.lan:0', null],
    ['files.lan:70000', null],
    ['https://files.lan:443', null],
  ])('reads %j', (text, hosts) => expect(parseHosts(text)).toEqual(hosts));
  it('writes what it reads', () => {
    expect(formatHosts(parseHosts('a:1 b:2') ?? [])).toBe('a:1, b:2');
    expect(formatHosts([])).toBe('');
  });
});
