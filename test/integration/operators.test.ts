import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogError } from '../../src-server/ledger/errors.ts';
import type { LogPort } from '../../src-server/ledger/log-port.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
});
afterEach(() => plane.close());

const create = (name: string, role = 'viewer') => plane.call('operatorCreate', { body: { name, role } });
const revoke = (operatorId: string, bearer: string) =>
  plane.call('operatorRevoke', { bearer, params: { operator_id: operatorId }, body: {} });

test('a name is one operator, however many ask for it at once', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => create('vera')));
  expect(answers.map((a) => a.status).sort()).toEqual([201, ...Array(9).fill(409)]);
  const { items } = (await plane.call('operators')).json;
  expect(items.filter((o: { name: string }) => o.name === 'vera')).toHaveLength(1);
});

test('two admins who revoke each other at once leave one', async () => {
  const eve = (await create('eve', 'admin')).json;
  const ada = (await plane.call('session')).json.operator;
  const answers = await Promise.all([revoke(eve.operator_id, plane.adminToken), revoke(ada.operator_id, eve.token)]);
  expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
});

test('a name is one workspace, however many ask for it at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => plane.call('workspaceCreate', { body: { name: 'lab' } })),
  );
  expect(answers.map((a) => a.status).sort()).toEqual([201, 409, 409, 409, 409]);
  expect((await plane.call('workspaces')).json.items.map((w: { name: string }) => w.name)).toContain('lab');
});

test('a full disk refuses a new operator with 507 and leaves none behind; with room it goes on', async () => {
  const { log } = (plane.host as unknown as { planeLog: { log: LogPort } }).planeLog;
  const { append } = log;
  log.append = () => Promise.reject(new LogError('storage.full', 'the test broke the disk'));
  for (const name of ['vera', 'vera', 'olaf']) {
    const refused = await create(name);
    expect([refused.status, refused.code]).toEqual([507, 'storage.full']);
  }
  log.append = append;
  const made = await create('vera');
  expect(made.status).toBe(201);
  expect((await plane.call('session', { bearer: made.json.token })).json.operator.name).toBe('vera');
  // The log of the plane is whole: a start on it knows everybody.
  await plane.stop();
  plane = await PlaneUnderTest.start({ dataDir: plane.dataDir });
  expect((await plane.call('session', { bearer: made.json.token })).status).toBe(200);
});

test('a revoked operator is signed out everywhere', async () => {
  const vera = (await create('vera')).json;
  const { code } = (await plane.call('signInCode', { bearer: vera.token, body: {} })).json;
  const spare = (await plane.call('signInCode', { bearer: vera.token, body: {} })).json;
  const signedIn = await plane.call('signIn', { bearer: null, body: { code } });
  const headers = {
    cookie: String(signedIn.headers['set-cookie']).split(';')[0] ?? '',
    'cc-session': signedIn.json.session_key as string,
  };
  expect((await plane.call('session', { bearer: null, headers })).status).toBe(200);
  await revoke(vera.operator_id, plane.adminToken);
  expect((await plane.call('session', { bearer: null, headers })).status).toBe(401);
  const late = await plane.call('signIn', { bearer: null, body: { code: spare.code } });
  expect(late.code).toBe('sign_in.code_invalid');
});
