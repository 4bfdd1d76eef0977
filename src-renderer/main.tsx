import './zod-setup.ts';
import '@fontsource-variable/inter/wght.css';
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
import { createRouter } from './router.tsx';
import { applyStoredMotion } from './stores/appearance.ts';
import { applyStoredTheme } from './stores/theme.ts';

applyStoredTheme();
applyStoredMotion();
const platform = desktopPlatform();
if (platform !== null) document.documentElement.dataset.platform = platform;

const router = createRouter();
// A link, the tray, the menu or a notification leads here.
desktopBridge()?.on('navigate', ({ path }) => void router.navigate(path));

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root');
createRoot(root).render(
  <StrictMode>
    {/* The content policy allows no style elements; base-ui would else add some. */}
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={createQueryClient()}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
