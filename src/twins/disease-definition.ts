import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';
import { dynamicsFaults } from './dynamics-faults.ts';
import { populationDynamics, treatmentDynamics, variableDynamics } from './dynamics.ts';
import type { Dynamics } from './dynamics.ts';
import { registrationPlan } from './registration-plan.ts';

/**
 * What a twin of one disease is made of. A definition is a checked-in JSON file under `diseases/`; it is data, never
 * code, so that a hospital can review it. Unknown members are refused: a misspelt threshold must not be silently off.
 */
const coding = z.strictObject({
  /** Any absolute URI (RFC 3986), `urn:` included, as FHIR's `Coding.system`. */
  system: z.string().regex(/^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/, 'must be an absolute URI'),
  code: z.string().min(1),
  display: z.string().optional(),
});

const key = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'must be a camelCase name');
const range = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low < high, 'must be [low, high] with low < high');

const dynamicVariable = z.strictObject({
  key,
  title: z.string().min(1),
  role: z.literal('dynamic'),
  codes: z.array(coding).min(1),
  /** UCUM. Values in another unit are converted, or refused where no conversion is certain. */
  unit: z.string().min(1),
  /** g/mol; allows conversion between mass and amount of substance. */
  molarMassGPerMol: z.number().positive().optional(),
  /** How old the last known value may be at a visit. */
  windowDays: z.number().positive(),
  plausible: range,
  /** How the value moves; where absent by itself, with its own level, and with every treatment. */
  dynamics: variableDynamics.optional(),
});

const treatmentVariable = z.strictObject({
  key,
  title: z.string().min(1),
  role: z.literal('treatment'),
  codes: z.array(coding).min(1),
  /** UCUM unit of the amount; exposure is summed in it. */
  unit: z.string().min(1),
  maximumPerDay: z.number().positive(),
  /** How the treatment acts; where absent at once, an ordinary amount being a tenth of the maximum. */
  dynamics: treatmentDynamics.optional(),
});

const staticVariable = z.strictObject({
  key,
  title: z.string().min(1),
  role: z.literal('static'),
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('gender') }),
    /** Age in years at the visit. */
    z.strictObject({ kind: z.literal('age') }),
    /** 1 when a condition with one of these codes is on record at the visit, else 0. */
    z.strictObject({ kind: z.literal('condition'), codes: z.array(coding).min(1) }),
    /** The newest observation of any age. */
    z.strictObject({ kind: z.literal('observation'), codes: z.array(coding).min(1), unit: z.string().min(1) }),
  ]),
});

const imageSelector = z.strictObject({
  modalities: z.array(z.string().regex(/^[A-Z]{2,16}$/)).min(1),
  /** Case-insensitive words; a series whose description has any of them is preferred, in this order. */
  preferDescriptions: z.array(z.string().min(1).max(64)).default([]),
  /** Case-insensitive words; a series whose description has any of them is never used. */
  excludeDescriptions: z.array(z.string().min(1).max(64)).default([]),
  minimumSlices: z.number().int().min(1),
  maximumSlices: z.number().int().min(1).max(2048),
});

const definition = z
  .strictObject({
    $schema: z.string().optional(),
    id: z.string().regex(/^[a-z][a-z0-9-]{2,63}$/, 'must be lower-case words joined by hyphens'),
    version: z.string().regex(/^\d+\.\d+\.\d+$/, 'must be a semantic version'),
    title: z.string().min(1),
    description: z.string().min(1),
    conditions: z.array(coding).min(1),
    imaging: imageSelector,
    registration: registrationPlan,
    variables: z.array(z.discriminatedUnion('role', [dynamicVariable, treatmentVariable, staticVariable])),
    forecasting: z.strictObject({
      model: z.enum(['carry-forward', 'linear-trend', 'population-mean-change', 'personal']),
      /** How patients of the disease differ; where absent effects are rates per day and patients are alike. */
      dynamics: populationDynamics.optional(),
      defaultHorizonDays: z.number().positive(),
      maximumHorizonDays: z.number().positive(),
      /** Visits with an aligned image that a forecast needs. */
      minimumVisits: z.number().int().min(1),
      /** What treatment to assume after the origin where nothing is ordered. */
      whenUnplanned: z.enum(['continue-last-interval', 'none']),
    }),
  })
  .superRefine((value, context) => {
    const seen = new Set<string>();
    value.variables.forEach((variable, index) => {
      if (seen.has(variable.key)) {
        context.addIssue({
          code: 'custom',
          path: ['variables', index, 'key'],
          message: `"${variable.key}" is used twice`,
        });
      }
      seen.add(variable.key);
    });
    for (const { path, message } of dynamicsFaults(value)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
    if (value.imaging.minimumSlices > value.imaging.maximumSlices) {
      context.addIssue({
        code: 'custom',
        path: ['imaging', 'minimumSlices'],
        message: 'must not be above maximumSlices',
      });
    }
    if (value.forecasting.defaultHorizonDays > value.forecasting.maximumHorizonDays) {
      context.addIssue({
        code: 'custom',
        path: ['forecasting', 'defaultHorizonDays'],
        message: 'must not be above maximumHorizonDays',
      });
    }
  });

export type DiseaseDefinition = z.output<typeof definition>;
export type ImageSelector = DiseaseDefinition['imaging'];
export type Variable = DiseaseDefinition['variables'][number];
export type DynamicVariable = Extract<Variable, { role: 'dynamic' }>;
export type TreatmentVariable = Extract<Variable, { role: 'treatment' }>;
export type StaticVariable = Extract<Variable, { role: 'static' }>;

/** The measured variables, in the order of the file. */
export const dynamicVariables = (of: DiseaseDefinition): DynamicVariable[] =>
  of.variables.filter((variable) => variable.role === 'dynamic');
/** The treatments, in the order of the file. */
export const treatmentVariables = (of: DiseaseDefinition): TreatmentVariable[] =>
  of.variables.filter((variable) => variable.role === 'treatment');
/** What does not change from visit to visit, or changes predictably, in the order of the file. */
export const staticVariables = (of: DiseaseDefinition): StaticVariable[] =>
  of.variables.filter((variable) => variable.role === 'static');

/** How the disease's values move: what the definition declares, and the defaults for the rest. */
export function dynamicsOf(of: DiseaseDefinition): Dynamics {
  const treatments = treatmentVariables(of);
  return {
    ...(of.forecasting.dynamics ?? { timeUnitDays: 1, components: 1, statics: [] }),
    variables: dynamicVariables(of).map(({ key: name, title, plausible, dynamics }) => {
      const [low, high] = plausible;
      const middle = low > 0 ? Math.sqrt(low * high) : high / 100;
      const declared = dynamics ?? {
        change: low >= 0 ? ('log' as const) : ('absolute' as const),
        scale: low >= 0 ? 1 : (high - low) / 20,
        measurementSd: 'learned' as const,
        features: [
          { kind: 'intercept' as const },
          low >= 0
            ? { kind: 'log-state' as const, variable: name, reference: middle, scale: 1 }
            : { kind: 'state' as const, variable: name, reference: (low + high) / 2, scale: (high - low) / 20 },
          ...treatments.map((treatment) => ({ kind: 'carry-over' as const, treatment: treatment.key })),
        ],
      };
      const { change, scale, measurementSd, features } = declared;
      return { key: name, title, plausible, change, scale, measurementSd, features };
    }),
    treatments: treatments.map(({ key: name, title, maximumPerDay, dynamics }) => {
      const { ordinaryAmount, halfLifeDays } = dynamics ?? { ordinaryAmount: maximumPerDay / 10, halfLifeDays: 0 };
      return { key: name, title, maximumPerDay, ordinaryAmount, halfLifeDays };
    }),
  };
}

/**
 * Reads a definition from the text of its file.
 * @throws {ConfigurationError} naming the file and, for every fault, its path in the file.
 */
export function parseDiseaseDefinition(fileName: string, text: string): DiseaseDefinition {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`${fileName} is not JSON`, [cause instanceof Error ? cause.message : 'unreadable']);
  }
  const result = definition.safeParse(json);
  if (!result.success) {
    throw new ConfigurationError(
      `${fileName} is not a disease definition`,
      result.error.issues.map((issue) => `${pathInFile(issue.path)}: ${issue.message}`),
    );
  }
  return result.data;
}

function pathInFile(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
}
