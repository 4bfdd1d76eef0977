import { AddRunnerPage } from './pages/add-runner/add-runner-page.tsx';
import { ApprovalsPage } from './pages/approvals/approvals-page.tsx';
import { BudgetsPage } from './pages/budgets/budgets-page.tsx';
import { DemoPage } from './pages/demo/demo-page.tsx';
import { EvidencePage } from './pages/evidence/evidence-page.tsx';
import { JobPage } from './pages/job/job-page.tsx';
import { JobsPage } from './pages/jobs/jobs-page.tsx';
import { LeasesPage } from './pages/leases/leases-page.tsx';
import { RoutingPage } from './pages/routing/routing-page.tsx';
import { SettingsPage } from './pages/settings/settings-page.tsx';
import { SourcesPage } from './pages/sources/sources-page.tsx';

/** All screens but those that a first start shows. They are one piece, which is fetched once. */
export const SCREENS = {
  jobs: JobsPage,
  job: JobPage,
  leases: LeasesPage,
  approvals: ApprovalsPage,
  sources: SourcesPage,
  addRunner: AddRunnerPage,
  routing: RoutingPage,
  budgets: BudgetsPage,
  evidence: EvidencePage,
  demo: DemoPage,
  settings: SettingsPage,
} as const;
