/** One API process of the benchmark: takes the database's URL, tells its parent where it listens, ends with it. */
import { startApi } from '../../test/support/api-server.ts';

const [, , databaseUrl = ''] = process.argv;
const unlimited = 1_000_000_000;
const api = await startApi({ databaseUrl, options: { requestsPerMinute: unlimited, picturesPerMinute: unlimited } });
process.once('disconnect', () => void api.close().then(() => process.exit(0)));
process.send?.(api.url);
