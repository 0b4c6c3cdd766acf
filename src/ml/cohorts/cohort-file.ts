import { DomainError } from '../../errors.ts';
import { dynamicsOf, dynamicVariables, staticVariables, treatmentVariables } from '../../twins/disease-definition.ts';
import type { DiseaseDefinition } from '../../twins/disease-definition.ts';
import { seriesOf } from '../forecasting/personal-dynamics.ts';
import type { PatientSeries } from '../forecasting/personal/patient-series.ts';
import { readCohortExport } from './readers/cohort-export.ts';
import { type CsvDialect, parseCsv } from './readers/csv-table.ts';
import { readVisitTable } from './readers/visit-table.ts';

/**
 * Patients from a file: the export of a running server (JSON), or a table with one row per patient and visit (CSV) whose
 * columns are `patient`, `day` or `year`, and any of the keys of the disease definition; a treatment's column holds the
 * amount since the row before.
 * @throws {DomainError} INVALID_INPUT that names line or place, column and fix; without any variable of the definition.
 */
export function readCohortFile(
  text: string,
  definition: DiseaseDefinition,
): readonly { readonly patient: string; readonly series: PatientSeries }[] {
  const dynamics = dynamicsOf(definition);
  if (text.trimStart().startsWith('{')) {
    return readCohortExport(parseJson(text)).map(({ patient, course }) => ({
      patient,
      series: seriesOf(course, dynamics),
    }));
  }
  const dialect = dialectOf(text);
  const { columns } = parseCsv(text, dialect);
  const present = (keys: readonly string[]) =>
    keys.filter((key) => columns.includes(key)).map((key) => ({ column: key, key }));
  const variables = present(dynamicVariables(definition).map(({ key }) => key));
  if (variables.length === 0) {
    const known = dynamicVariables(definition).map(({ key }) => key);
    throw new DomainError(
      'INVALID_INPUT',
      `The table has no column of ${definition.id}; it may have ${known.join(', ')}.`,
      {
        field: 'data',
      },
    );
  }
  const time = columns.includes('year')
    ? ({ column: 'year', unit: 'year' } as const)
    : ({ column: 'day', unit: 'day' } as const);
  return readVisitTable(text, {
    ...dialect,
    patient: 'patient',
    time,
    variables,
    statics: present(staticVariables(definition).map(({ key }) => key)).map(({ column, key }) => {
      const declared = dynamics.statics.find((one) => one.key === key);
      return declared?.kind === 'category' ? { column, key, levels: declared.levels.map(String) } : { column, key };
    }),
    treatments: present(treatmentVariables(definition).map(({ key }) => key)),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new DomainError('INVALID_INPUT', 'The cohort file begins like JSON and is none.', { field: 'data', cause });
  }
}

/** A table with semicolons or tabs writes numbers as much of Europe does, where its rows say so. */
function dialectOf(text: string): CsvDialect {
  const [header = ''] = text.split('\n', 1);
  const delimiter = /\t/.test(header) ? '\t' : /;/.test(header) ? ';' : ',';
  return { delimiter, hasDecimalComma: delimiter !== ',' && /\d,\d/.test(text) };
}
