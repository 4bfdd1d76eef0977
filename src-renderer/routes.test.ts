import { expect, it } from 'vitest';
import { PATTERNS, routes } from './routes.ts';

it('keeps every address as it is', () => {
  const ws = 'ws_1';
  expect({
    home: routes.home(),
    signIn: routes.signIn(),
    overview: routes.overview(ws),
    overviewDay: routes.overview(ws, { range: '24h' }),
    jobs: routes.jobs(ws),
    jobsHeld: routes.jobs(ws, { state: 'held', q: 'a b' }),
    submitJob: routes.submitJob(ws),
    job: routes.job(ws, 'job_1'),
    sources: routes.sources(ws),
    sourcePeek: routes.sources(ws, { state: 'late', side: 'byoc', q: 'eu', source: 'src_1' }),
    addRunner: routes.addRunner(ws),
    addRunnerFor: routes.addRunner(ws, { for: 'job_1', labels: 'region=eu' }),
    leases: routes.leases(ws),
    settings: routes.settings(ws),
    demo: routes.demo(ws),
    routingVersion: routes.routing(ws, { open: 'versions', version: '12' }),
    budgetPeek: routes.budgets(ws, { limit: 'tier:managed/day', view: 'holds' }),
    evidenceExport: routes.evidence(ws, { open: 'export' }),
    replay: routes.replay(ws, 18186),
    leasePeek: routes.leases(ws, { view: 'table', state: 'expired', lease: 'lease_1' }),
  }).toEqual({
    home: '/',
    signIn: '/sign-in',
    overview: '/dashboard/ws_1/compute',
    overviewDay: '/dashboard/ws_1/compute?range=24h',
    jobs: '/dashboard/ws_1/jobs',
    jobsHeld: '/dashboard/ws_1/jobs?state=held&q=a+b',
    submitJob: '/dashboard/ws_1/jobs?open=submit',
    job: '/dashboard/ws_1/jobs/job_1',
    sources: '/dashboard/ws_1/sources',
    sourcePeek: '/dashboard/ws_1/sources?state=late&side=byoc&q=eu&source=src_1',
    addRunner: '/dashboard/ws_1/sources/add',
    addRunnerFor: '/dashboard/ws_1/sources/add?for=job_1&labels=region%3Deu',
    leases: '/dashboard/ws_1/leases',
    settings: '/dashboard/ws_1/settings',
    demo: '/dashboard/ws_1/demo',
    routingVersion: '/dashboard/ws_1/routing?open=versions&version=12',
    budgetPeek: '/dashboard/ws_1/budgets?limit=tier%3Amanaged%2Fday&view=holds',
    evidenceExport: '/dashboard/ws_1/evidence?open=export',
    replay: '/dashboard/ws_1/replay?at=18186',
    leasePeek: '/dashboard/ws_1/leases?view=table&state=expired&lease=lease_1',
  });
  expect(PATTERNS).toMatchInlineSnapshot(`
    {
      "addRunner": "sources/add",
      "approvals": "approvals",
      "board": "/dashboard/:workspaceId",
      "budgets": "budgets",
      "demo": "demo",
      "evidence": "evidence",
      "home": "/",
      "job": "jobs/:jobId",
      "jobs": "jobs",
      "leases": "leases",
      "overview": "compute",
      "replay": "replay",
      "routing": "routing",
      "settings": "settings",
      "signIn": "/sign-in",
      "sources": "sources",
    }
  `);
});

it('leaves empty filters out of the address', () => {
  expect(routes.sources('ws_1', { state: '', q: undefined })).toBe('/dashboard/ws_1/sources');
});
