import { type Duplex, Transform, type TransformCallback } from 'node:stream';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

/** One message of an agent is one line; a longer one ends the connection, because nobody else bounds it. */
const LINE_LIMIT_BYTES = 4 * 1024 * 1024;

export interface ToolDescription {
  name: string;
  description: string;
  /** JSON Schema of its arguments. */
  inputSchema: { type: 'object'; [member: string]: unknown };
}
/** What the agent is given back. */
export interface ToolAnswer {
  text: string;
  isError: boolean;
}
/** Does a call, or says why not; `signal` is the agent taking it back. */
export type CallTool = (name: string, args: unknown, signal: AbortSignal) => Promise<ToolAnswer>;

class LineLimit extends Transform {
  #lineBytes = 0;

  override _transform(bytes: Buffer, _encoding: string, done: TransformCallback): void {
    const at = bytes.lastIndexOf(0x0a);
    this.#lineBytes = at < 0 ? this.#lineBytes + bytes.length : bytes.length - at - 1;
    if (this.#lineBytes > LINE_LIMIT_BYTES) done(new Error('The message is too long.'));
    else done(null, bytes);
  }
}

/** Speaks the protocol on one connection, as newline-delimited JSON, until it closes. */
export async function serveTools(
  stream: Duplex,
  tools: readonly ToolDescription[],
  call: CallTool,
  version: string,
): Promise<void> {
  const server = new Server({ name: 'connected-compute', version }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...tools] }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const { text, isError } = await call(params.name, params.arguments ?? {}, signal);
    return { content: [{ type: 'text', text }], isError };
  });
  const lines = new LineLimit();
  const end = (): void => void server.close().catch(() => undefined);
  lines.on('error', () => stream.destroy());
  stream.on('error', () => stream.destroy());
  stream.once('close', () => {
    lines.destroy();
    end();
  });
  stream.pipe(lines);
  await server.connect(new StdioServerTransport(lines, stream));
}
