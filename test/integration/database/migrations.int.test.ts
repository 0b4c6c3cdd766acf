import { Client } from 'pg';
import { afterEach, expect, test } from 'vitest';
import { connect as connectDatabase, openDatabase } from '../../../src/database/data-source.ts';
import { migrateDown, migrateUp } from '../../../src/database/migrate.ts';
import { cloneTemplate } from '../../support/database.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) {
    await cleanUp();
  }
});

async function emptyDatabase(): Promise<string> {
  const empty = await cloneTemplate('template0');
  cleanUps.push(() => empty.drop());
  return empty.url;
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  cleanUps.push(() => client.end());
  return client;
}

/** Everything that migrations make, as text. */
async function schemaOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`
    select format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) as line
      from information_schema.columns where table_schema = 'public'
    union all select format('index %s', indexdef) from pg_indexes where schemaname = 'public'
    union all select format('constraint %s %s', conname, pg_get_constraintdef(oid)) from pg_constraint
      where connamespace = 'public'::regnamespace
    union all select format('policy %s', p) from pg_policies p
    union all select format('security %s %s %s', relname, relrowsecurity, relforcerowsecurity) from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r'
    union all select format('grant %s %s %s', grantee, table_name, privilege_type)
      from information_schema.role_table_grants where table_schema = 'public'
    union all select format('trigger %s', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
    union all select format('function %s', proname) from pg_proc where pronamespace = 'public'::regnamespace
    order by line`);
  return rows.map(({ line }) => line);
}

test('the entities describe exactly the tables that the migrations make', async () => {
  const database = await openDatabase({ url: await emptyDatabase(), poolSize: 1 });
  cleanUps.push(() => database.close());
  const { upQueries } = await database.dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});

test('a migration that is taken back and run again leaves the same schema, and nothing in between', async () => {
  const url = await emptyDatabase();
  const client = await connect(url);
  const dataSource = await connectDatabase({ url, poolSize: 1 });
  cleanUps.push(() => dataSource.destroy());

  await migrateUp(dataSource, url);
  const first = await schemaOf(client);
  expect(await migrateDown(dataSource, url)).toBe(true);
  expect(await migrateDown(dataSource, url)).toBe(false);
  // What remains is the list of migrations itself.
  const taken = (await schemaOf(client)).filter((line) => !/\bmigration|constraint PK_/.test(line));
  await migrateUp(dataSource, url);

  expect(first.length).toBeGreaterThan(150);
  expect(taken).toEqual([]);
  expect(await schemaOf(client)).toEqual(first);
});

test('a server that cannot be reached is named as such, without its address', async () => {
  const nobody = openDatabase({ url: 'postgres://someone:secret@127.0.0.1:1/x', poolSize: 1 });
  await expect(nobody).rejects.toThrow(/^the database cannot be reached \(ECONNREFUSED\)$/);
});

test('several processes may start on an empty database at once', async () => {
  const url = await emptyDatabase();
  const databases = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url, poolSize: 1 })));
  for (const database of databases) {
    cleanUps.push(() => database.close());
  }
  const client = await connect(url);
  const { rows } = await client.query('select name from migration');
  expect(rows).toHaveLength(1);
});

test('every table that holds data of a tenant is under row level security, also for its owner', async () => {
  const url = await emptyDatabase();
  const database = await openDatabase({ url, poolSize: 1 });
  cleanUps.push(() => database.close());
  const client = await connect(url);
  const { rows } = await client.query<{ name: string; isForced: boolean; hasTenant: boolean }>(`
    select relname as name, relrowsecurity and relforcerowsecurity as "isForced", exists (
      select from pg_attribute where attrelid = pg_class.oid and attname = 'tenant_id' and attnotnull) as "hasTenant"
    from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'migration'`);
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(({ isForced, hasTenant }) => !isForced || !hasTenant)).toEqual([]);
});
