import path from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { connect } from '../../src/database/data-source.ts';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { DomainError } from '../../src/errors.ts';
import type { JudgedValues } from '../../src/ml/registration/calibration/propose-thresholds.ts';
import type { RegistrationPlan } from '../../src/twins/registration-plan.ts';
import type { VisitRegistration } from '../../src/twins/registration.ts';
import { judgedValue } from './judged-folder.ts';

type Recorded = Pick<VisitRegistration, 'verdict' | 'after' | 'quality'>;

/**
 * What visits reached that the server of `DATABASE_URL`, else the embedded one, has aligned for a disease, in all tenants. Only its
 * accepted visits are evidence: of what it refused nobody has said that it was right to. Read as the owner of the database.
 * @throws {DomainError} INSUFFICIENT_HISTORY where it has none.
 */
export async function valuesOfDatabase(
  disease: string,
  acceptance: RegistrationPlan['acceptance'],
): Promise<JudgedValues> {
  const { database, dataDirectory } = loadConfig();
  await using resources = new AsyncDisposableStack();
  let { url } = database;
  if (url === null) {
    const directory = path.join(dataDirectory, 'postgresql');
    ({ url } = resources.adopt(await startEmbeddedPostgres({ directory }), (embedded) => embedded.stop()));
  }
  const dataSource = resources.adopt(await connect({ url, poolSize: 1 }), (open) => open.destroy());
  const rows: readonly Recorded[] = await dataSource.query(
    `select registration.verdict, registration.after, registration.quality
     from visit_registration registration
     join disease_twin twin on twin.tenant_id = registration.tenant_id and twin.id = registration.twin_id
     where twin.disease_id = $1 and registration.verdict = 'accepted' and registration.method <> 'prealigned'
       and ($2 = 'final' or registration.field is null)`,
    [disease, acceptance.judged],
  );
  if (rows.length === 0) {
    throw new DomainError(
      'INSUFFICIENT_HISTORY',
      `The server has no accepted registration of ${disease} to learn from.`,
    );
  }
  return { accepted: rows.flatMap((row) => judgedValue(acceptance, row) ?? []), refused: [] };
}
