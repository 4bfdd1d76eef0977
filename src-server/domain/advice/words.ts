import { scopeWords } from '../../contract/scope-words.ts';
import { cuWords } from '../budgets/words.ts';
import { sideWord } from '../routing/policy.ts';
import { requirementWords } from '../routing/requirement.ts';
import { crossingBecause } from '../routing/sentence.ts';
import type { Change } from './change.ts';
import type { Placement } from './decide.ts';
import type { AdvisedJob } from './world.ts';

const labelWords = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([k, v]) => `${k}=${v}`)
    .join(' and ');

/** "Raise Managed tier by exactly 12 CU.": the change as an order, without what it brings. */
export function changeSentence(change: Change, job: AdvisedJob, nameOf: (sourceId: string) => string): string {
  switch (change.kind) {
    case 'approval.approve':
      return change.question === 'fallback' ? 'Let it leave its own side.' : 'Approve it.';
    case 'job.retry':
      return 'Submit it again.';
    case 'workspace.resume':
      return 'Resume grants in this workspace.';
    case 'source.resume':
      return `Resume ${nameOf(change.target)}.`;
    case 'source.start':
      return `Start ${nameOf(change.target)}.`;
    case 'label.add': {
      const verb = change.replaced.length > 0 ? 'Set' : 'Add';
      return `${verb} ${labelWords(change.labels)} ${verb === 'Set' ? 'on' : 'to'} ${nameOf(change.target)}.`;
    }
    case 'network.admit': {
      const hosts = change.hosts.map((h) => `${h.host}:${h.port}`).join(', ');
      return `Admit ${nameOf(change.target)} to ${change.network}${hosts === '' ? '' : `, ${hosts}`}.`;
    }
    case 'capacity.raise':
      return `Raise the capacity of ${nameOf(change.target)} to ${change.capacity}.`;
    case 'budget.raise':
      return `Raise ${scopeWords(change.target)} by exactly ${cuWords(change.byMcu)}.`;
    case 'policy.publish':
      return `Publish ${change.mode}${change.isFallbackChanged ? ' with fallback auto' : ''} for ${requirementWords(job.requirement)}.`;
    case 'source.enroll': {
      const withs = [labelWords(change.labels), change.isConfined ? 'confinement' : '', executorWord(change.executors)];
      const needs = withs.filter((each) => each !== '').join(' and ');
      const word = change.side === 'managed' ? 'managed source' : 'source';
      return `Enroll a ${word} of class ${change.target}${needs === '' ? '' : ` with ${needs}`}${change.capacity > 1 ? `, ${change.capacity} slots` : ''}.`;
    }
  }
}

/** What a source must have beside a shell; empty for one that runs commands. */
const executorWord = ([executor = '']: readonly string[]): string =>
  executor === '' ? '' : (EXECUTOR_WORDS[executor.split(':')[0] as string] ?? executor);
const EXECUTOR_WORDS: Readonly<Record<string, string>> = {
  container: 'a container engine',
  kubernetes: 'a cluster',
  mcp: 'confinement for agent jobs',
};

/** What the decision would say then. */
export function thenSentence(placement: Placement, job: AdvisedJob, name: string): string {
  const { crossing, rule, side } = placement;
  const because =
    crossing === null
      ? `it is a ${sideWord(side)} source with ${requirementWords(job.requirement)} and a free slot`
      : crossingBecause(crossing, rule, job.requirement);
  return `Waiting now, then assigned to ${name}, because ${because}.`;
}
