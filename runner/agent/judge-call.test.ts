import { describe, expect, test } from 'vitest';
import { CALL_BYTES_LIMIT, judgeCall } from './judge-call.ts';

const rule = { rule: 'allow', price_mcu: 0 } as const;
const mcp = {
  argv: ['agent'],
  env: {},
  shell: false,
  tools: { 'fs.read': rule, 'fs.write': rule, exec: rule, 'http.fetch': rule },
  max_calls: 10,
};
const granted = { grants: [], job: { network: 'egress', egress: ['api.example:443', 'plain.example:8080'], mcp } };
const judge = (tool: 'fs.read' | 'fs.write' | 'exec' | 'http.fetch', args: unknown, payload: object = granted) =>
  judgeCall(tool, args, payload as Parameters<typeof judgeCall>[2]);

describe('a path', () => {
  test.each(['notes.txt', 'a/b/c', '.hidden', 'ü/ß'])('%s is below the work directory', (path) => {
    expect(judge('fs.read', { path })).toHaveProperty('call.path', path);
  });
  test.each(['/etc/passwd', '../x', 'a/../../x', 'a//b', 'a\\b', 'C:x', 'con', 'a\0b', './x', 'x/.', 7, null])(
    '%j is refused to read and to write',
    (path) => {
      expect(judge('fs.read', { path })).toHaveProperty('refusal');
      expect(judge('fs.write', { path, text: '' })).toHaveProperty('refusal');
    },
  );
  test('of the folder itself is listed, never written', () => {
    expect(judge('fs.read', { path: '' })).toHaveProperty('call');
    expect(judge('fs.write', { path: '', text: '' })).toHaveProperty('refusal');
  });
});

test.each([
  ['fs.read', { path: 'a', length: CALL_BYTES_LIMIT + 1 }],
  ['fs.read', { path: 'a', offset: -1 }],
  ['fs.read', { path: 'a', more: 1 }],
  ['fs.write', { path: 'a', text: 'x'.repeat(CALL_BYTES_LIMIT + 1) }],
  ['fs.write', { path: 'a', text: 'x', append: 'yes' }],
  ['exec', { argv: [] }],
  ['exec', { argv: 'ls' }],
  ['exec', { argv: [''] }],
  ['exec', { argv: ['a\0b'] }],
  ['exec', { argv: ['ls'], timeout_ms: 0 }],
  ['exec', []],
  ['exec', null],
] as const)('%s %j does not fit', (tool, args) => {
  expect(judge(tool, args)).toHaveProperty('refusal');
});

describe('an address', () => {
  test.each(['https://api.example/x?q=1', 'https://API.example./', 'http://plain.example:8080/'])(
    '%s is granted',
    (url) => {
      expect(judge('http.fetch', { url })).toHaveProperty('call');
    },
  );
  test.each([
    'http://api.example/',
    'https://api.example:8443/',
    'https://other.example/',
    'https://api.example.evil/',
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://[::1]/',
    'http://169.254.169.254/latest',
    'https://user:word@api.example/',
    'file:///etc/passwd',
    'nothing',
  ])('%s is refused', (url) => {
    expect(judge('http.fetch', { url })).toHaveProperty('refusal');
  });
  test('is refused without a network, whatever the list says', () => {
    const closed = { ...granted, job: { ...granted.job, network: 'none' } };
    expect(judge('http.fetch', { url: 'https://api.example/' }, closed)).toHaveProperty('refusal');
  });
  test.each([{ Host: 'x' }, { 'a b': 'x' }, { a: 'x\r\ny: z' }, { 'Proxy-Authorization': 'x' }, ['a']])(
    'with headers %j is refused',
    (headers) => {
      expect(judge('http.fetch', { url: 'https://api.example/', headers })).toHaveProperty('refusal');
    },
  );
  test('is told without its query, which may hold a secret', () => {
    expect(judge('http.fetch', { url: 'https://api.example/x?key=s3cret' }).summary).toBe('GET https://api.example/x');
  });
});

test('a tool that the job does not name is refused', () => {
  const few = { ...granted, job: { ...granted.job, mcp: { ...mcp, tools: { 'fs.read': rule } } } };
  expect(judge('exec', { argv: ['ls'] }, few)).toEqual({ summary: 'ls', refusal: 'exec is not a tool of this job.' });
});
