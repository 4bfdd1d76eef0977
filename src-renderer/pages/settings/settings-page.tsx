import { useEffect } from 'react';
import { Link, useLocation } from 'react-router';
import { Page } from '../../components/page.tsx';
import { AboutSection, CredentialsSection } from './about-sections.tsx';
import { ApiKeysSection } from './api-keys-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { MachineSection } from './machine-section.tsx';
import { OperatorsSection } from './operators-section.tsx';
import { WorkspaceSection } from './workspace-section.tsx';
import { WorkspacesSection } from './workspaces-section.tsx';
import './settings-page.css';

const PARTS = [
  ['workspaces', 'Workspaces'],
  ['workspace', 'This workspace'],
  ['operators', 'Operators'],
  ['this-machine', 'This machine'],
  ['api-keys', 'API keys'],
  ['appearance', 'Appearance'],
  ['credentials', 'Credentials'],
  ['about', 'About'],
] as const;

/** The workspace, the people in it, and how this console looks. */
export const SettingsPage = () => {
  const { hash } = useLocation();
  const current = hash === '' ? 'workspaces' : hash.slice(1);
  useEffect(() => {
    if (hash !== '') document.getElementById(hash.slice(1))?.scrollIntoView();
  }, [hash]);
  return (
    <Page title="Settings">
      <div className="settings">
        <nav className="settings-nav" aria-label="Settings">
          {PARTS.map(([id, label]) => (
            <Link key={id} to={`#${id}`} replace aria-current={id === current ? 'true' : undefined}>
              {label}
            </Link>
          ))}
        </nav>
        <div>
          <WorkspacesSection />
          <WorkspaceSection />
          <OperatorsSection />
          <MachineSection />
          <ApiKeysSection />
          <AppearanceSection />
          <CredentialsSection />
          <AboutSection />
        </div>
      </div>
    </Page>
  );
};
