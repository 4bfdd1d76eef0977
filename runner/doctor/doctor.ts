import type { DoctorArgs } from '../args.ts';
import type { Clock } from '../clock.ts';
import type { Capabilities } from '../confinement/capabilities.ts';
import { messageOf, PlaneProblem, RunnerError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { sourceFacts } from '../facts.ts';
import { greet } from '../hello.ts';
import { readIdentity } from '../identity.ts';
import { PlaneClient } from '../plane-client.ts';
import { type Printer, plain } from '../printer.ts';
import { Session } from '../session.ts';
import { defaultWorkDir, type Surroundings } from '../user-folders.ts';
import { answerOf, type DoctorAnswer } from '../wire.ts';
import { type Checker, type CheckResult, type DoctorContext, failed, passed } from './checker.ts';
import { clockChecker } from './clock-drift.ts';
import { clusterChecker } from './cluster.ts';
import { computeClassChecker } from './compute-class.ts';
import { confinementChecker } from './confinement.ts';
import { containerEngineChecker } from './container-engine.ts';
import { diskRoomChecker } from './disk-room.ts';
import { gitChecker } from './git.ts';
import { noListeningSocketChecker } from './no-listening-socket.ts';
import { nodeVersionChecker } from './node-version.ts';
import { planeKeyChecker } from './plane-key.ts';
import { planeReachableChecker } from './plane-reachable.ts';
import { postureChecker } from './posture-summary.ts';
import { sessionChecker } from './session-valid.ts';
import { shellAndPathChecker } from './shell-and-path.ts';
import { stateFolderChecker } from './state-folder.ts';

/** In the order in which they are told. */
export const CHECKERS: readonly Checker[] = [
  nodeVersionChecker(process.versions.node),
  clockChecker,
  planeReachableChecker,
  planeKeyChecker,
  sessionChecker,
  stateFolderChecker,
  diskRoomChecker(),
  shellAndPathChecker,
  gitChecker(),
  confinementChecker,
  containerEngineChecker,
  clusterChecker,
  noListeningSocketChecker,
  postureChecker,
  computeClassChecker,
];
const DETAIL_LIMIT = 500;

export interface DoctorDependencies {
  clock: Clock;
  printer: Printer;
  surroundings: Surroundings;
  /** Tries what this machine can enforce; `isFresh` trusts nothing that was found before. */
  probe: (isFresh?: boolean) => Promise<Capabilities>;
}
/** What a check found; `applicable: false` is one that has nothing to look at here, and counts for nothing. */
export type Finding = Pick<Checker, 'id' | 'name' | 'category' | 'required'> & CheckResult & { applicable: boolean };
const FIX_THROWN = 'Mend what these words name, or the check above that failed first, then run doctor again.';

/** Runs the checks one after the other; one that throws has failed with the words of what it threw. */
export async function examine(checkers: readonly Checker[], context: DoctorContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { id, name, category, required, applicable, check } of checkers) {
    const about = { id, name, category, required };
    if (!applicable(context)) {
      findings.push({ ...about, applicable: false, ...passed('It has nothing to look at here.') });
      continue;
    }
    const result = await check(context).catch((error: unknown) =>
      failed(error instanceof PlaneProblem ? error.detail : messageOf(error), FIX_THROWN),
    );
    findings.push({ ...about, applicable: true, ...result });
  }
  return findings;
}

/** The last line: how many passed, and what a failed required check means. */
export function summaryOf(findings: readonly Finding[]): string {
  const looked = findings.filter(({ applicable }) => applicable);
  const count = `Doctor: ${looked.filter(({ passed }) => passed).length} of ${looked.length} passed.`;
  const broken = findings.filter(({ required, passed }) => required && !passed);
  if (broken.length === 0) return count;
  const verb = broken.length === 1 ? 'is required and failed' : 'are required and failed';
  return `${count} ${broken.map(({ name }) => name).join(', ')} ${verb}. This source gets no jobs until ${broken.length === 1 ? 'it passes' : 'they pass'}.`;
}

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
};

function lineOf({ name, passed, required, applicable, detail, fix }: Finding): string {
  const mark = !applicable ? 'n/a   ' : passed ? 'passed' : required ? 'FAILED' : 'note  ';
  return `${mark}  ${name}: ${plain(detail)}${fix === null ? '' : ` Fix: ${fix}`}`;
}

/** Reports to the plane, which quarantines or frees the source. Returns its answer, or null when it has none to give. */
async function report(
  session: Session | null,
  findings: readonly Finding[],
  printer: Printer,
): Promise<DoctorAnswer | null> {
  if (session?.grant == null) return null;
  const looked = findings.filter(({ applicable }) => applicable);
  const checks = looked.map(({ id, required, passed, detail }) => ({
    id,
    required,
    passed,
    detail: plain(detail).slice(0, DETAIL_LIMIT),
  }));
  try {
    const answer = await session.send({ method: 'POST', path: '/api/v1/runtime/doctor', json: { checks } });
    return answerOf<DoctorAnswer>(answer.json, 'doctor', { source: 'object', compute_class: 'string' });
  } catch (error) {
    printer.warn(`The result did not reach the plane. ${messageOf(error)}`);
    return null;
  }
}

/** Checks this source, tells each result, and reports to the plane. Exit 1 only when a required check failed. */
export async function doctor(
  args: DoctorArgs,
  { clock, printer, surroundings, probe }: DoctorDependencies,
): Promise<ExitCode> {
  let client: PlaneClient | null = null;
  let session: Session | null = null;
  const identity = () => readIdentity(args, surroundings);
  const dial = () => (client ??= new PlaneClient(identity().origin, clock));
  const capabilities = once(() => probe(true));
  const openSession = async () => {
    session = new Session(identity(), dial(), sourceFacts((await capabilities()).posture), 1, clock);
    return session.open();
  };
  const context: DoctorContext = {
    clock,
    surroundings,
    identity,
    greeting: once(async () => greet(dial(), identity().planeKey)),
    session: once(openSession),
    hasCluster: args.cluster !== null,
    capabilities,
    workDir: defaultWorkDir(surroundings),
  };
  try {
    const findings = await examine(CHECKERS, context);
    const answer = await report(session, findings, printer);
    const state = answer?.source.state ?? null;
    if (args.json) {
      const members = {
        summary: summaryOf(findings),
        checks: findings,
        source_state: state,
        compute_class: answer?.compute_class ?? null,
      };
      printer.say(JSON.stringify(members));
    } else {
      for (const finding of findings) printer.say(lineOf(finding));
      printer.say(summaryOf(findings));
      if (state !== null) printer.say(`The plane says: source ${state}, compute class ${answer?.compute_class}.`);
    }
    const isFalsePlane = await context.greeting().then(
      () => false,
      (error: unknown) => error instanceof RunnerError && error.exitCode === EXIT.planeNotTrusted,
    );
    if (isFalsePlane) return EXIT.planeNotTrusted;
    return findings.some(({ required, passed }) => required && !passed) ? EXIT.failed : EXIT.ok;
  } finally {
    (client as PlaneClient | null)?.close();
  }
}
