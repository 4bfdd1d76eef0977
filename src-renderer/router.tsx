import { createBrowserRouter } from 'react-router';
import { AppShell } from './components/shell/app-shell.tsx';
import { AddRunnerPage } from './pages/add-runner/add-runner-page.tsx';
import { ApprovalsPage } from './pages/approvals/approvals-page.tsx';
import { BudgetsPage } from './pages/budgets/budgets-page.tsx';
import { DemoPage } from './pages/demo/demo-page.tsx';
import { EvidencePage } from './pages/evidence/evidence-page.tsx';
import { JobPage } from './pages/job/job-page.tsx';
import { JobsPage } from './pages/jobs/jobs-page.tsx';
import { LeasesPage } from './pages/leases/leases-page.tsx';
import { FailedPage } from './pages/not-found/failed-page.tsx';
import { NotFoundPage } from './pages/not-found/not-found-page.tsx';
import { OverviewPage } from './pages/overview/overview-page.tsx';
import { RoutingPage } from './pages/routing/routing-page.tsx';
import { SettingsPage } from './pages/settings/settings-page.tsx';
import { HomePage } from './pages/sign-in/home-page.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import { SourcesPage } from './pages/sources/sources-page.tsx';
import { PATTERNS } from './routes.ts';

/** Which screen stands at which address. */
export const createRouter = () =>
  createBrowserRouter([
    { path: PATTERNS.home, Component: HomePage },
    { path: PATTERNS.signIn, Component: SignInPage },
    {
      path: PATTERNS.board,
      Component: AppShell,
      ErrorBoundary: FailedPage,
      children: [
        { path: PATTERNS.overview, Component: OverviewPage },
        { path: PATTERNS.jobs, Component: JobsPage },
        { path: PATTERNS.job, Component: JobPage },
        { path: PATTERNS.leases, Component: LeasesPage },
        { path: PATTERNS.approvals, Component: ApprovalsPage },
        { path: PATTERNS.sources, Component: SourcesPage },
        { path: PATTERNS.routing, Component: RoutingPage },
        { path: PATTERNS.budgets, Component: BudgetsPage },
        { path: PATTERNS.evidence, Component: EvidencePage },
        { path: PATTERNS.replay, Component: EvidencePage },
        { path: PATTERNS.demo, Component: DemoPage },
        { path: PATTERNS.settings, Component: SettingsPage },
        { path: PATTERNS.addRunner, Component: AddRunnerPage },
      ],
    },
    { path: '*', Component: NotFoundPage },
  ]);
