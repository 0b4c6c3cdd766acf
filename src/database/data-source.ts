import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { CreateRecord1795392000000 } from '../../migrations/1795392000000-CreateRecord.ts';
import type { Logger } from '../logger.ts';
import { DiseaseTwinEntity } from './entities/disease-twin.entity.ts';
import { ForecastEntity } from './entities/forecast.entity.ts';
import { ImageEntity } from './entities/image.entity.ts';
import { PatientEntity } from './entities/patient.entity.ts';
import { TimelineEntryEntity } from './entities/timeline-entry.entity.ts';
import { VisitRegistrationEntity } from './entities/visit-registration.entity.ts';
import { migrateUp } from './migrate.ts';
import { unreachable } from './sql-state.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export interface Database {
  /** As the owner: for migrations and grants. Requests go through a `UnitOfWork`. */
  readonly dataSource: DataSource;
  /** False when the server does not answer. */
  isReady(): Promise<boolean>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections that requests share; further requests wait for one. */
  readonly poolSize: number;
  readonly logger?: Pick<Logger, 'warn'>;
}

/**
 * Connects and brings the schema up to date. A server that restarts later is reconnected to; requests fail meanwhile.
 * @throws {FaultError} when the server cannot be reached, or its user lacks a right that is needed.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const dataSource = await connect(options);
  try {
    await migrateUp(dataSource, options.url);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return {
    dataSource,
    async isReady() {
      try {
        await dataSource.query('select 1');
        return true;
      } catch {
        return false;
      }
    },
    close: () => dataSource.destroy(),
  };
}

/**
 * Connected, and not migrated.
 * @throws {FaultError} when the server cannot be reached or lets us not in.
 */
export async function connect(options: DatabaseOptions): Promise<DataSource> {
  try {
    return await createDataSource(options).initialize();
  } catch (cause) {
    throw unreachable(cause);
  }
}

function createDataSource({ url, poolSize, logger }: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    applicationName: 'sequela',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolErrorHandler: (err: unknown) => logger?.warn({ err }, 'a database connection was lost'),
    entities: [
      PatientEntity,
      DiseaseTwinEntity,
      TimelineEntryEntity,
      ImageEntity,
      VisitRegistrationEntity,
      ForecastEntity,
    ],
    migrations: [CreateRecord1795392000000],
    migrationsTableName: 'migration',
    synchronize: false,
    // gen_random_uuid is built in; no extension is needed.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    extra: { keepAlive: true },
  });
}
