import { useCallback, useEffect, useLayoutEffect, useState } from 'react';
import { Link, useLocation } from 'react-router';
import { useMachine } from '../../api/machine.ts';
import { useRemotes } from '../../api/remotes.ts';
import { useLackOf } from '../../api/session.ts';
import { useApiKeys, useOperators, useSettings } from '../../api/settings.ts';
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
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

/**
 * Stands until every section can: one that came later would push away what somebody reads below it. A section that fails says so
 * itself.
 */
const Coming = ({ onHere }: { onHere: () => void }) => {
  const { isLoading: isOperatorsComing } = useOperators(useLackOf('admin') === undefined);
  const answers = [useRemotes(), useSettings(), useMachine(), useApiKeys()];
  const isComing = isOperatorsComing || answers.some(({ isLoading }) => isLoading);
  useLayoutEffect(() => {
    if (!isComing) onHere();
  }, [isComing, onHere]);
  return <Skeleton rows={12} />;
};

const Sections = () => (
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
);

/** The workspace, the people in it, and how this console looks. */
export const SettingsPage = () => {
  const { hash } = useLocation();
  const current = hash === '' ? 'workspaces' : hash.slice(1);
  const [isHere, setHere] = useState(false);
  const onHere = useCallback(() => setHere(true), []);
  useEffect(() => {
    if (hash !== '' && isHere) document.getElementById(hash.slice(1))?.scrollIntoView();
  }, [hash, isHere]);
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
        {isHere ? <Sections /> : <Coming onHere={onHere} />}
      </div>
    </Page>
  );
};
