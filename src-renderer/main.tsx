import './ask-early.ts';
import './zod-setup.ts';
import '@fontsource-variable/inter/wght.css';
import './styles/layers.css';
import './styles/digits.css';
import './styles/tokens.css';
import './styles/base.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { createQueryClient } from './api/query-client.ts';
import { desktopBridge, desktopPlatform } from './components/desktop.ts';
import { takeFirstAnswers } from './first-answers.ts';
import { createRouter, loadScreens } from './router.tsx';
import { applyStoredMotion } from './stores/appearance.ts';
import { after } from './stores/clock.ts';
import { applyStoredTheme } from './stores/theme.ts';

applyStoredTheme();
applyStoredMotion();
const platform = desktopPlatform();
if (platform !== null) document.documentElement.dataset.platform = platform;

const client = createQueryClient();
const coming = takeFirstAnswers(client, globalThis.location.pathname).then((start) => {
  if (start !== null) history.replaceState(null, '', start);
  return createRouter();
});
// A link, the tray, the menu or a notification leads here, also before the first screen stands.
desktopBridge()?.on('navigate', ({ path }) => void coming.then((router) => router.navigate(path)));

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root');
const router = await coming;
createRoot(root).render(
  <StrictMode>
    {/* The content policy allows no style elements; base-ui would else add some. */}
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);

/** The first screen has the time until here for itself. */
const SCREENS_AFTER_MS = 1_500;
// All others then: nobody waits for one, and a plane that goes away takes none with it. What fails is asked for where it is opened.
after(SCREENS_AFTER_MS, () => void loadScreens().catch(() => undefined));
