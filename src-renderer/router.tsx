import { createBrowserRouter } from 'react-router';
import { AppShell } from './components/shell/app-shell.tsx';
import { FailedPage } from './pages/not-found/failed-page.tsx';
import { NotFoundPage } from './pages/not-found/not-found-page.tsx';
import { OverviewPage } from './pages/overview/overview-page.tsx';
import { HomePage } from './pages/sign-in/home-page.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import { PATTERNS } from './routes.ts';
import type { SCREENS } from './screens.ts';

/** Fetches the screens that a first start does without. */
export const loadScreens = (): Promise<{ SCREENS: typeof SCREENS }> => import('./screens.ts');

/** A screen that comes with the others; until then the frame around it stands. */
const later = (id: keyof typeof SCREENS) => ({
  path: PATTERNS[id],
  lazy: async () => ({ Component: (await loadScreens()).SCREENS[id] }),
  HydrateFallback: () => null,
});

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
        later('jobs'),
        later('job'),
        later('leases'),
        later('approvals'),
        later('sources'),
        later('routing'),
        later('budgets'),
        later('evidence'),
        { ...later('evidence'), path: PATTERNS.replay },
        later('demo'),
        later('settings'),
        later('addRunner'),
      ],
    },
    { path: '*', Component: NotFoundPage },
  ]);
