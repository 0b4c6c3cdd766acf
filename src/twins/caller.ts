import type { Actor } from './ports.ts';

/** What a caller of the API may do; the schema says what each one opens. */
export const PERMISSIONS = [
  'READ_PATIENT',
  'READ_RECORD',
  'READ_IMAGE',
  'READ_TWIN',
  'WRITE_TWIN',
  'RUN_FORECAST',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Who is asking, and what they may do. */
export interface Caller {
  readonly actor: Actor;
  readonly permissions: ReadonlySet<Permission>;
}
