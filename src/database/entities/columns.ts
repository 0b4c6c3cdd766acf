import type { EntitySchemaColumnOptions } from 'typeorm';

const instant: EntitySchemaColumnOptions = { type: 'timestamptz', precision: 3 };

/** Columns that several tables share. Instants keep milliseconds, as a JavaScript `Date` does: cursors compare exactly. */
export const columns = {
  tenantId: { name: 'tenant_id', type: 'text', collation: 'C', primary: true },
  id: { type: 'uuid', primary: true, generated: 'uuid' },
  createdAt: { ...instant, name: 'created_at' },
  updatedAt: { ...instant, name: 'updated_at' },
} as const satisfies Record<string, EntitySchemaColumnOptions>;

export const text = (name: string): EntitySchemaColumnOptions => ({ name, type: 'text' });
export const codeText = (name: string): EntitySchemaColumnOptions => ({ name, type: 'text', collation: 'C' });
export const uuid = (name: string): EntitySchemaColumnOptions => ({ name, type: 'uuid' });
export const moment = (name: string): EntitySchemaColumnOptions => ({ ...instant, name });
export const integer = (name: string): EntitySchemaColumnOptions => ({ name, type: 'integer' });
export const double = (name: string): EntitySchemaColumnOptions => ({ name, type: 'double precision' });
export const flag = (name: string): EntitySchemaColumnOptions => ({ name, type: 'boolean' });
export const json = (name: string): EntitySchemaColumnOptions => ({ name, type: 'jsonb' });
export const nullable = (column: EntitySchemaColumnOptions): EntitySchemaColumnOptions => ({
  ...column,
  nullable: true,
});
