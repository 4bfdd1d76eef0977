import {
  BadgeCheck,
  Bot,
  Clock,
  Gauge,
  KeyRound,
  List,
  type LucideIcon,
  Route,
  Server,
  Settings2,
  ShieldCheck,
  Timer,
} from 'lucide-react';

/** The first part of an event's name, with the drawing that its screen has. */
const FAMILIES: Readonly<Record<string, LucideIcon>> = {
  job: List,
  lease: Timer,
  attempt: Timer,
  completion: Timer,
  policy: Route,
  budget: Gauge,
  usage: Gauge,
  approval: BadgeCheck,
  admission: BadgeCheck,
  source: Server,
  session: Server,
  credential: KeyRound,
  key: KeyRound,
  checkpoint: ShieldCheck,
  witness: ShieldCheck,
  export: ShieldCheck,
  integrity: ShieldCheck,
  time: Clock,
  config: Settings2,
  sdk: Bot,
};

/** Drawing of an event's family. The name stands beside it. */
export const EventIcon = ({ type }: { type: string }) => {
  const Icon = FAMILIES[type.split('.')[0] ?? ''] ?? List;
  return <Icon className="text-2" size={14} strokeWidth={2} aria-hidden="true" />;
};
