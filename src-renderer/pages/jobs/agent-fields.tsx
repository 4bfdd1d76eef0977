import { AGENT_TOOLS, type AgentTool } from '../../../src-server/contract/agent.ts';
import type { FieldError } from '../../../src-server/contract/problems.ts';
import { TextField } from '../../ui/field.tsx';
import { type Choice, Segmented } from '../../ui/segmented.tsx';
import type { AgentDraft, ToolDraft } from './agent-draft.ts';
import { messageUnder } from './submit-draft.ts';

const RULES: readonly Choice<ToolDraft['rule']>[] = [
  { value: 'no', label: 'No' },
  { value: 'allow', label: 'Allow' },
  { value: 'ask', label: 'Ask' },
];

interface AgentFieldsProps {
  draft: AgentDraft;
  errors: readonly FieldError[];
  onChange: (change: AgentDraft) => void;
}

/** What an agent job may do: its tools, what a call of each costs, and the most that all of them may. */
export const AgentFields = ({ draft, errors, onChange }: AgentFieldsProps) => {
  const set = (tool: AgentTool, change: Partial<ToolDraft>) =>
    onChange({ ...draft, tools: { ...draft.tools, [tool]: { ...draft.tools[tool], ...change } } });
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a field */}
      <div className="field" role="group" aria-label="Tools">
        <span className="field-label">Tools</span>
        {AGENT_TOOLS.map((tool) => (
          <div key={tool} className="submit-tool">
            <span className="mono text-xs">{tool}</span>
            <Segmented
              label={tool}
              isWide
              value={draft.tools[tool].rule}
              choices={RULES}
              onChange={(rule) => set(tool, { rule })}
            />
            <TextField
              label={`Price of ${tool}`}
              inputMode="decimal"
              unit="CU"
              disabled={draft.tools[tool].rule === 'no'}
              value={draft.tools[tool].priceCu}
              error={messageUnder(errors, `/mcp/tools/${tool}`)}
              onChange={(event) => set(tool, { priceCu: event.target.value })}
            />
          </div>
        ))}
        <div className="field-hint">
          It is confined and acts through these alone. Each call is checked, recorded and costs its price; with Ask a
          person decides it.
        </div>
      </div>
      <div className="submit-pair">
        <TextField
          label="Ceiling"
          inputMode="decimal"
          unit="CU"
          hint="Of all calls of an attempt."
          value={draft.ceilingCu}
          error={messageUnder(errors, '/budget/extras_mcu')}
          onChange={(event) => onChange({ ...draft, ceilingCu: event.target.value })}
        />
        <TextField
          label="Calls"
          inputMode="numeric"
          unit="at most"
          value={draft.maxCalls}
          error={messageUnder(errors, '/mcp/max_calls')}
          onChange={(event) => onChange({ ...draft, maxCalls: event.target.value })}
        />
      </div>
    </>
  );
};
