import type { CohortText } from '../http/cohort-download.ts';
import { writeCohortExport } from '../ml/cohorts/readers/cohort-export.ts';
import { exportCohort } from '../twins/export-cohort.ts';
import type { TwinDependencies } from '../twins/ports.ts';

/** The cohort of a disease in the format of `readCohortExport`, one patient after the other. */
export const cohortText =
  (dependencies: TwinDependencies): CohortText =>
  (actor, diseaseId) => {
    const definition = dependencies.diseases.get(diseaseId);
    if (definition === undefined) return null;
    const units = Object.fromEntries(
      definition.variables.flatMap((variable) => ('unit' in variable ? [[variable.key, variable.unit]] : [])),
    );
    return (async function* () {
      const { patients: _, ...head } = writeCohortExport([], units);
      yield `${JSON.stringify(head).slice(0, -1)},"patients":[`;
      let separator = '\n';
      for await (const { twinId, course } of exportCohort(dependencies, actor, diseaseId)) {
        const [written] = writeCohortExport([{ patient: twinId, course }], units).patients;
        yield `${separator}${JSON.stringify(written)}`;
        separator = ',\n';
      }
      yield '\n]}\n';
    })();
  };
