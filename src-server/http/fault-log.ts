/** A line for a fault of our own, on stderr: no body, no header, no token ever stands in it. */
export function logFault(requestId: string, route: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `${JSON.stringify({ level: 'error', event: 'http.fault', request_id: requestId, route, error: text.slice(0, 4_000) })}\n`,
  );
}
