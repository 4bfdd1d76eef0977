import { Navigate } from 'react-router';
import { ApiProblem } from '../../api/problem.ts';
import { useSession } from '../../api/session.ts';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { routes } from '../../routes.ts';

/** The bare address: leads to the first workspace, or to the sign-in. */
export const HomePage = () => {
  const { data, error, refetch } = useSession();
  if (error instanceof ApiProblem && error.status === 401) return <Navigate to={routes.signIn()} replace />;
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  const first = data?.workspaces[0];
  if (first !== undefined) return <Navigate to={routes.overview(first.workspace_id)} replace />;
  return null;
};
