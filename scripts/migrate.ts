/** `npm run migrate`: brings the schema up to date. `npm run migrate -- down`: takes the newest migration back. */
import path from 'node:path';
import { loadConfig } from '../src/config.ts';
import { createDataSource } from '../src/database/data-source.ts';
import { startEmbeddedPostgres } from '../src/database/embedded-postgres.ts';
import { migrateDown, migrateUp } from '../src/database/migrate.ts';
import { ConfigurationError, FaultError } from '../src/errors.ts';

const [direction = 'up', ...rest] = process.argv.slice(2);
if (rest.length > 0 || (direction !== 'up' && direction !== 'down')) {
  console.error('usage: npm run migrate [-- up | down]');
  process.exit(2);
}
try {
  const { database, dataDirectory } = loadConfig();
  await using resources = new AsyncDisposableStack();
  let { url } = database;
  if (url === null) {
    const directory = path.join(dataDirectory, 'postgresql');
    ({ url } = resources.adopt(await startEmbeddedPostgres({ directory }), (embedded) => embedded.stop()));
  }
  const dataSource = createDataSource({ url, poolSize: 2 });
  resources.adopt(await dataSource.initialize(), (open) => open.destroy());
  await (direction === 'up' ? migrateUp : migrateDown)(dataSource, url);
  console.log(direction === 'up' ? 'The schema is up to date.' : 'The newest migration was taken back.');
} catch (error) {
  const isOurs = error instanceof ConfigurationError || error instanceof FaultError;
  console.error(isOurs ? error.message : 'The migration failed.');
  if (!isOurs) {
    console.error(error);
  }
  process.exitCode = 1;
}
