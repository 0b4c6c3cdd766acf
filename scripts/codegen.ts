/** Writes the TypeScript types of `schema.graphql`; with `--check` fails where they are out of date. */
import { readFile, writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import { parse } from 'graphql';

const SCHEMA = new URL('../schema.graphql', import.meta.url);
const TYPES = new URL('../src/resolvers/schema-types.ts', import.meta.url);

// The alias keeps a domain type apart from the GraphQL type of the same name.
const twins = (file: string, type: string): string => `../twins/${file}.ts#${type} as Domain${type}`;
const parent = (type: string): string => `./parents.ts#${type}`;

/** The object that each GraphQL type is resolved from. */
const mappers = {
  AcquiredImage: twins('timeline', 'ImageBody'),
  BackTest: twins('back-test', 'BackTest'),
  BackTestImage: twins('back-test', 'BackTestImage'),
  BackTestValue: twins('back-test', 'BackTestValue'),
  Coding: twins('timeline', 'Coding'),
  Condition: twins('timeline', 'ConditionBody'),
  DiseaseDefinition: twins('disease-definition', 'DiseaseDefinition'),
  DiseaseTwin: twins('disease-twin', 'DiseaseTwin'),
  DiseaseTwinConnection: parent('DiseaseTwinPage'),
  DoseResponse: parent('DoseResponseParent'),
  Exposure: parent('ExposureParent'),
  Forecast: twins('forecast', 'Forecast'),
  ForecastComparison: twins('compare-forecasts', 'ForecastComparison'),
  ForecastConnection: parent('ForecastPage'),
  ForecastImage: twins('forecast', 'ForecastImage'),
  ForecastValue: parent('ForecastValueParent'),
  Gap: twins('timeline', 'GapBody'),
  Identifier: twins('patient', 'Identifier'),
  Image: parent('ImageParent'),
  ImageDifference: parent('ImageDifferenceParent'),
  Job: twins('job', 'JobRun'),
  Observation: twins('timeline', 'ObservationBody'),
  Patient: twins('patient', 'Patient'),
  PatientConnection: parent('PatientPage'),
  Procedure: twins('timeline', 'ProcedureBody'),
  Range: parent('RangeParent'),
  Refusal: './refusal.ts#Refused',
  Registration: twins('registration', 'VisitRegistration'),
  Retraction: twins('timeline', 'RetractionBody'),
  Server: './context.ts#ServerDescription',
  SkillStatement: twins('forecast', 'SkillStatement'),
  StaticValue: parent('StaticValueParent'),
  TimelineConnection: parent('TimelinePage'),
  TimelineEntry: twins('timeline', 'TimelineEntry'),
  Treatment: twins('timeline', 'TreatmentBody'),
  TreatmentIntervention: parent('TreatmentInterventionParent'),
  TwinEvent: twins('twin-event', 'TwinEvent'),
  TwinPosterior: twins('twin-posterior', 'TwinPosterior'),
  UnusableEntry: parent('UnusableEntryParent'),
  ValueDifference: parent('ValueDifferenceParent'),
  ValueIntervention: parent('ValueInterventionParent'),
  Variable: twins('disease-definition', 'Variable'),
  Visit: parent('VisitParent'),
  VisitValue: parent('VisitValueParent'),
};

const config = {
  contextType: './context.ts#ApiContext',
  emitLegacyCommonJSImports: false,
  enumType: 'string-literal',
  enumsAsTypes: true,
  immutableTypes: true,
  importExtension: '.ts',
  inputMaybeValue: 'T | null | undefined',
  mappers,
  scalars: { DateTime: 'Date', ID: 'string', NonNegativeInt: 'number' },
  strictScalars: true,
  useTypeImports: true,
};

async function generate(): Promise<string> {
  const code = await codegen({
    filename: TYPES.pathname,
    schema: parse(await readFile(SCHEMA, 'utf8')),
    documents: [],
    config,
    plugins: [{ typescript: {} }, { 'typescript-resolvers': {} }],
    pluginMap: { typescript, 'typescript-resolvers': typescriptResolvers },
  });
  return `// Written by \`npm run codegen\` from schema.graphql.\n${code}`;
}

const generated = await generate();
if (process.argv.includes('--check')) {
  const current = await readFile(TYPES, 'utf8').catch(() => '');
  if (current !== generated) {
    console.error('src/resolvers/schema-types.ts does not fit schema.graphql: run `npm run codegen`.');
    process.exitCode = 1;
  }
} else {
  await writeFile(TYPES, generated);
}
