import type { Host } from '../plane/host.ts';

/** Counters of the rim and gauges of the plane, as OpenMetrics text. */
export class Metrics {
  private readonly requests = new Map<string, number>();

  count(route: string, status: number): void {
    const key = `route="${route}",status="${status}"`;
    this.requests.set(key, (this.requests.get(key) ?? 0) + 1);
  }

  text(host: Host): string {
    const out: string[] = [];
    const family = (
      name: string,
      type: 'counter' | 'gauge',
      help: string,
      samples: readonly (readonly [string, number])[],
    ): void => {
      out.push(`# TYPE ${name} ${type}`, `# HELP ${name} ${help}`);
      for (const [labels, value] of samples)
        out.push(`${name}${type === 'counter' ? '_total' : ''}${labels === '' ? '' : `{${labels}}`} ${value}`);
    };
    const hosted = host
      .workspaces()
      .map((h) => ({ label: `workspace="${h.workspaceId}"`, engine: h.workspace.engine }));
    const each = (samples: (w: (typeof hosted)[number]) => readonly (readonly [string, number])[]) =>
      hosted.flatMap((w) => [...samples(w)]);
    family('cc_http_requests', 'counter', 'Requests answered, by route and status.', [...this.requests]);
    family(
      'cc_jobs',
      'gauge',
      'Jobs by state.',
      each(({ label, engine }) =>
        [...engine.hot.jobCounts].map(([state, n]) => [`${label},state="${state}"`, n] as const),
      ),
    );
    family(
      'cc_leases_active',
      'gauge',
      'Active dispatch leases.',
      each(({ label, engine }) => [[label, engine.hot.leases.size]]),
    );
    family(
      'cc_sources',
      'gauge',
      'Sources by condition.',
      each(({ label, engine }) =>
        Object.entries(engine.hot.fleet.countBy()).map(([c, n]) => [`${label},condition="${c}"`, n] as const),
      ),
    );
    family(
      'cc_polls_open',
      'gauge',
      'Claims that wait for work.',
      each(({ label, engine }) => [[label, engine.hot.asks.size]]),
    );
    family(
      'cc_log_entries',
      'counter',
      'Entries of the log.',
      each(({ label, engine }) => [[label, engine.nextSeq]]),
    );
    family(
      'cc_log_durable',
      'gauge',
      'Entries that are on disk.',
      each(({ label, engine }) => [[label, engine.commit.durableSeq]]),
    );
    family(
      'cc_fence',
      'counter',
      'Fencing tokens given out.',
      each(({ label, engine }) => [[label, engine.state.head.fence]]),
    );
    return `${out.join('\n')}\n# EOF\n`;
  }
}
