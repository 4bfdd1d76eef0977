import {
  Activity,
  BadgeCheck,
  Gauge,
  Link2,
  List,
  type LucideIcon,
  MonitorPlay,
  Route,
  Server,
  Settings2,
  Timer,
} from 'lucide-react';
import type { CommandId } from '../../keyboard/bindings.ts';
import { routes } from '../../routes.ts';

export interface NavigationItem {
  id: string;
  label: string;
  icon: LucideIcon;
  command: CommandId;
  href: (workspaceId: string) => string;
  /** Heading above it, where it begins a group. */
  group?: string;
  /** Stands at the foot of the side bar, apart from the work. */
  isAtFoot?: boolean;
}

/** The screens that exist, in the order of the side bar. */
export const NAVIGATION: readonly NavigationItem[] = [
  { id: 'overview', label: 'Overview', icon: Activity, command: 'go.overview', href: (ws) => routes.overview(ws) },
  { id: 'jobs', label: 'Jobs', icon: List, command: 'go.jobs', href: (ws) => routes.jobs(ws), group: 'Operate' },
  { id: 'leases', label: 'Leases', icon: Timer, command: 'go.leases', href: (ws) => routes.leases(ws) },
  {
    id: 'approvals',
    label: 'Approvals',
    icon: BadgeCheck,
    command: 'go.approvals',
    href: (ws) => routes.approvals(ws),
  },
  {
    id: 'sources',
    label: 'Sources',
    icon: Server,
    command: 'go.sources',
    href: (ws) => routes.sources(ws),
    group: 'Fleet',
  },
  {
    id: 'routing',
    label: 'Routing',
    icon: Route,
    command: 'go.routing',
    href: (ws) => routes.routing(ws),
    group: 'Govern',
  },
  { id: 'budgets', label: 'Budgets', icon: Gauge, command: 'go.budgets', href: (ws) => routes.budgets(ws) },
  { id: 'evidence', label: 'Evidence', icon: Link2, command: 'go.evidence', href: (ws) => routes.evidence(ws) },
  {
    id: 'demo',
    label: 'Demo',
    icon: MonitorPlay,
    command: 'go.demo',
    href: (ws) => routes.demo(ws),
    isAtFoot: true,
  },
  {
    id: 'settings',
    label: 'Settings',
    icon: Settings2,
    command: 'go.settings',
    href: (ws) => routes.settings(ws),
    isAtFoot: true,
  },
];
