import { basename } from 'node:path';

const ENGINE = new URL('..', import.meta.url).href;

/** Where in the caller's own code an error arose, as `file.ts:line:column`: the first frame outside of packages and the engine. */
export function userLocation(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined;
  for (const line of error.stack.split('\n').slice(1)) {
    const match = /\(?((?:file:\/\/)?[^()\s]+):(\d+):(\d+)\)?$/.exec(line);
    if (match === null) continue;
    const [, file = '', row, column] = match;
    const isForeign = file.startsWith('node:') || file.includes('node_modules') || file.includes('<anonymous>');
    const isEngine = file.startsWith(ENGINE) || file.startsWith(new URL(ENGINE).pathname);
    if (!isForeign && !isEngine) return `${basename(file)}:${row}:${column}`;
  }
  return undefined;
}
