import { readFile, writeFile } from 'node:fs/promises';
import { ConfigurationError } from '../../src/errors.ts';
import {
  proposeThresholds,
  type JudgedValues,
  type ThresholdProposal,
} from '../../src/ml/registration/calibration/propose-thresholds.ts';
import { parseDiseaseDefinition } from '../../src/twins/disease-definition.ts';
import type { RegistrationPlan } from '../../src/twins/registration-plan.ts';
import { definitionFile, diseaseDefinition } from './choose-plan.ts';
import type { CalibrateOptions } from './options.ts';
import { valuesOfDatabase } from './recorded-values.ts';
import { valuesOfFolder } from './judged-folder.ts';

/** Proposes thresholds for a disease from judged pairs, and writes them where that is asked for; the answer as text or JSON. */
export async function calibrate({ pairs, disease, isWritten, isJson }: CalibrateOptions): Promise<string> {
  const { registration: plan } = await diseaseDefinition(disease);
  const values =
    pairs === 'database' ? await valuesOfDatabase(disease, plan.acceptance) : await valuesOfFolder(pairs, plan);
  const proposal = proposeThresholds(plan.acceptance.measure, values);
  if (isWritten) await writeThresholds(disease, proposal);
  if (isJson)
    return `${JSON.stringify({ disease, measure: plan.acceptance.measure, ...proposal, values, isWritten })}\n`;
  return formatProposal(disease, plan.acceptance, values, proposal, isWritten);
}

function formatProposal(
  disease: string,
  { measure, accepted, review }: RegistrationPlan['acceptance'],
  values: JudgedValues,
  proposal: ThresholdProposal,
  isWritten: boolean,
): string {
  const listed = (all: readonly number[]): string =>
    all.length === 0
      ? 'none'
      : all
          .toSorted((a, b) => a - b)
          .map((value) => value.toFixed(3))
          .join(' ');
  return [
    `${disease}, ${measure}`,
    `  aligned pairs        ${listed(values.accepted)}`,
    `  must not pass        ${listed(values.refused)}`,
    '',
    '              now   proposed',
    `  accepted  ${String(accepted).padStart(5)}  ${String(proposal.accepted).padStart(8)}`,
    `  review    ${String(review).padStart(5)}  ${String(proposal.review).padStart(8)}`,
    '',
    `  ${proposal.evidence}`,
    isWritten ? `  Written to diseases/${disease}.json.` : '  Nothing is written; pass --write for that.',
    '',
  ].join('\n');
}

/** Replaces three values of the definition and leaves the rest of the file as it is. */
async function writeThresholds(disease: string, { accepted, review, evidence }: ThresholdProposal): Promise<void> {
  const file = definitionFile(disease);
  const text = await readFile(file, 'utf8');
  const string = String.raw`"(?:[^"\\]|\\.)*"`;
  const pattern = new RegExp(String.raw`("acceptance":\s*)\{(?:[^{}"]|${string})*\}`);
  const [whole, head] = pattern.exec(text) ?? [];
  if (whole === undefined || head === undefined) {
    throw new ConfigurationError(`diseases/${disease}.json has no acceptance that could be replaced`, ['registration']);
  }
  const before = JSON.parse(whole.slice(head.length)) as Record<string, unknown>;
  const after = { ...before, accepted, review, evidence };
  const lines = Object.entries(after).map(([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const replaced = text.replace(whole, () => `${head}{\n${lines.join(',\n')}\n    }`);
  // A file that is no definition any more is not written.
  parseDiseaseDefinition(`${disease}.json`, replaced);
  await writeFile(file, replaced);
}
