import type { VisitTableLayout } from './visit-table.ts';

const COMMA = { delimiter: ',', hasDecimalComma: false } as const;
const same = (...columns: readonly string[]) => columns.map((column) => ({ column, key: column }));

/**
 * `pbcseq` of the R package survival: 312 patients with primary biliary cholangitis, randomised to D-penicillamine
 * (arm 1) or placebo (arm 0), with repeated laboratory values (Murtaugh et al., Hepatology 20, 1994). Days since entry.
 */
export const PBCSEQ: VisitTableLayout = {
  ...COMMA,
  patient: 'id',
  time: { column: 'day', unit: 'day' },
  variables: [
    { column: 'bili', key: 'bilirubin' },
    { column: 'chol', key: 'cholesterol' },
    { column: 'albumin', key: 'albumin' },
    { column: 'alk.phos', key: 'alkalinePhosphatase' },
    { column: 'ast', key: 'aspartateAminotransferase' },
    { column: 'platelet', key: 'platelets' },
    { column: 'protime', key: 'prothrombinTime' },
  ],
  statics: [
    { column: 'age', key: 'age' },
    { column: 'sex', key: 'sex', levels: ['f', 'm'] },
    { column: 'trt', key: 'arm', levels: ['0', '1'] },
  ],
  treatments: [],
};

/** Alzheimer table of the leaspy package: 200 simulated people, seven scores in 0..1, higher is worse; time is the age in years. */
export const LEASPY_ALZHEIMER: VisitTableLayout = {
  ...COMMA,
  patient: 'ID',
  time: { column: 'TIME', unit: 'year' },
  variables: same(
    'E-Cog Subject',
    'E-Cog Study-partner',
    'MMSE',
    'RAVLT',
    'FAQ',
    'FDG PET',
    'Hippocampus volume ratio',
  ),
  statics: [],
  treatments: [],
};

/** Parkinson table of the leaspy package: 200 simulated people, ten scores in 0..1; time is the age in years. */
export const LEASPY_PARKINSON: VisitTableLayout = {
  ...LEASPY_ALZHEIMER,
  variables: same(
    'MDS1_total',
    'MDS2_total',
    'MDS3_off_total',
    'SCOPA_total',
    'MOCA_total',
    'REM_total',
    'PUTAMEN_R',
    'PUTAMEN_L',
    'CAUDATE_R',
    'CAUDATE_L',
  ),
};
