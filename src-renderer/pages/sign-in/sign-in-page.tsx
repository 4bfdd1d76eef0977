import { useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useEffect, useLayoutEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { ApiProblem } from '../../api/problem.ts';
import { routes } from '../../routes.ts';
import { Button } from '../../ui/button.tsx';
import { CommandBlock } from '../../ui/command-block.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { signIn } from './sign-in.ts';
import './plain-page.css';

/** How to get a link; shown wherever there is no session. */
export const SIGN_IN_COMMAND = 'node out/cli.mjs console --data-dir DIR';

const Explain = ({ title, children, onRetry }: { title: string; children: string; onRetry?: () => void }) => (
  <main className="plain-page">
    <EmptyState
      icon={<KeyRound aria-hidden="true" />}
      title={title}
      heading="h1"
      actions={
        <>
          <CommandBlock verb="Console" effect="prints a new sign-in link" command={SIGN_IN_COMMAND} />
          {onRetry === undefined ? null : <Button onClick={onRetry}>Try again</Button>}
        </>
      }
    >
      {children}
    </EmptyState>
  </main>
);

/** Trades the one-time code of the link for a session and goes to the workspace. */
export const SignInPage = () => {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { hash } = useLocation();
  const [code, setCode] = useState('');
  const [tries, setTries] = useState(0);
  const [problem, setProblem] = useState<unknown>(null);
  // The code stands in the fragment, which no server log sees; it leaves the address before anything else.
  useLayoutEffect(() => {
    if (hash.length < 2) return;
    setCode(hash.slice(1));
    setProblem(null);
    void navigate(routes.signIn(), { replace: true });
  }, [hash, navigate]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is a reason to run again
  useEffect(() => {
    if (code === '') return;
    let isGone = false;
    signIn(code)
      .then(async () => {
        client.clear();
        if (!isGone) await navigate(routes.home(), { replace: true });
      })
      .catch((error: unknown) => !isGone && setProblem(error));
    return () => {
      isGone = true;
    };
  }, [code, tries, navigate, client]);
  useEffect(() => {
    document.title = 'Sign in · Connected Compute';
  }, []);
  if (code === '') {
    return (
      <Explain title="Sign in with a link">
        Each link works once and for 5 minutes. Ask for one where the control plane runs, with its data directory as
        DIR.
      </Explain>
    );
  }
  if (problem === null) {
    return (
      <main className="plain-page">
        <p className="text-2" role="status">
          Signing in
        </p>
      </main>
    );
  }
  if (problem instanceof ApiProblem && problem.code === 'network.unreachable') {
    return (
      <Explain title="The control plane does not answer" onRetry={() => setTries(tries + 1)}>
        Start it, then try again. The link still works if it was not used.
      </Explain>
    );
  }
  return (
    <Explain title="This sign-in link is used up or expired">
      Each link works once and for 5 minutes. Ask for a new one where the control plane runs, with its data directory as
      DIR.
    </Explain>
  );
};
