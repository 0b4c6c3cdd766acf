import path from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { connect } from '../../src/database/data-source.ts';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { DomainError } from '../../src/errors.ts';
import type { JudgedValues } from '../../src/ml/registration/calibration/propose-thresholds.ts';
import type { RegistrationPlan } from '../../src/twins/registration-plan.ts';
import type { VisitRegistration } from '../../src/twins/registration.ts';

type Acceptance = Pick<RegistrationPlan['acceptance'], 'measure' | 'judged'>;

/** {@link valuesOfRecord} of the server of `DATABASE_URL`, else of the embedded one, read as the owner of the database. */
export async function valuesOfDatabase(disease: string, acceptance: Acceptance): Promise<JudgedValues> {
  const { database, dataDirectory } = loadConfig();
  await using resources = new AsyncDisposableStack();
  let { url } = database;
  if (url === null) {
    const directory = path.join(dataDirectory, 'postgresql');
    ({ url } = resources.adopt(await startEmbeddedPostgres({ directory }), (embedded) => embedded.stop()));
  }
  const dataSource = resources.adopt(await connect({ url, poolSize: 1 }), (open) => open.destroy());
  return valuesOfRecord(dataSource, disease, acceptance);
}

/**
 * What the visits of a disease reached, of all tenants, each by its newest registration. Only accepted ones are evidence: of what
 * was refused nobody has said that it was right to.
 * @throws {DomainError} INSUFFICIENT_HISTORY where there is none, UNSUPPORTED where the record does not keep what is judged.
 */
export async function valuesOfRecord(
  database: { query(statement: string, parameters: readonly unknown[]): Promise<unknown> },
  disease: string,
  { measure, judged }: Acceptance,
): Promise<JudgedValues> {
  if (measure === 'nmi-gain' && judged === 'global') {
    throw new DomainError(
      'UNSUPPORTED',
      `The record does not keep by how much the mutual information of ${disease} exceeds that of displaced images; give a folder of pairs.`,
      { field: 'acceptance.measure' },
    );
  }
  const rows = (await database.query(
    `select distinct on (registration.tenant_id, registration.twin_id, registration.entry_id)
       registration.verdict, registration.after, registration.quality
     from visit_registration registration
     join disease_twin twin on twin.tenant_id = registration.tenant_id and twin.id = registration.twin_id
     where twin.disease_id = $1 and registration.method <> 'prealigned'
       and ($2 = 'final' or registration.field is null)
     order by registration.tenant_id, registration.twin_id, registration.entry_id, registration.created_at desc`,
    [disease, judged],
  )) as readonly Pick<VisitRegistration, 'verdict' | 'after' | 'quality'>[];
  const accepted = rows
    .filter(({ verdict }) => verdict === 'accepted')
    .flatMap(({ after, quality }) => (measure === 'masked-ssim' ? after?.maskedSsim : quality?.nmiGain) ?? []);
  if (accepted.length === 0) {
    throw new DomainError(
      'INSUFFICIENT_HISTORY',
      `The server has no accepted registration of ${disease} to learn from.`,
    );
  }
  return { accepted, refused: [] };
}
