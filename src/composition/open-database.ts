import path from 'node:path';
import type { Config } from '../config.ts';
import { type Database, openDatabase } from '../database/data-source.ts';
import type { Logger } from '../logger.ts';
import { startEmbeddedPostgres } from '../database/embedded-postgres.ts';

export interface OpenDatabase {
  readonly database: Database;
  readonly url: string;
  close(): Promise<void>;
}

/** The configured server, or the embedded one in the data directory; migrated. */
export async function openConfiguredDatabase(config: Config, poolSize: number, logger?: Logger): Promise<OpenDatabase> {
  const embedded =
    config.database.url === null
      ? await startEmbeddedPostgres({
          directory: path.join(config.dataDirectory, 'postgresql'),
          onUnexpectedExit: (err) => logger?.error({ err }, 'the embedded database ended'),
        })
      : null;
  const url = config.database.url ?? embedded!.url;
  try {
    const database = await openDatabase({ url, poolSize, ...(logger && { logger }) });
    return {
      database,
      url,
      async close() {
        await database.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
