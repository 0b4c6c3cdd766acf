/**
 * Writes the TypeScript types of `schema.graphql` and of the operations that the page sends; with `--check` fails where
 * they are out of date.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import { parse } from 'graphql';

const SCHEMA = new URL('../schema.graphql', import.meta.url);
const TYPES = new URL('../src/resolvers/schema-types.ts', import.meta.url);
const OPERATIONS = new URL('../viewer/operations/', import.meta.url);
const TYPED_OPERATIONS = new URL('../viewer/src/api/operations.ts', import.meta.url);

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
  LesionVolume: twins('lesion-volume', 'ForecastLesion'),
  LesionVolumeDifference: twins('lesion-volume', 'LesionDifference'),
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
  DisplacementField: twins('registration', 'StoredField'),
  Registration: twins('registration', 'VisitRegistration'),
  RegistrationPlan: twins('registration-plan', 'RegistrationPlan'),
  RegistrationQuality: twins('registration', 'RegistrationQuality'),
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

/** The server's own types: what each resolver gets and gives. */
const resolverConfig = {
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

/** The page's types: the text of each operation with the type of its variables and of its answer. */
const operationConfig = {
  arrayInputCoercion: false,
  documentMode: 'string',
  enumType: 'string-literal',
  enumsAsTypes: true,
  immutableTypes: true,
  pureMagicComment: true,
  scalars: { DateTime: 'string', ID: 'string', NonNegativeInt: 'number' },
  skipTypename: true,
  strictScalars: true,
  useTypeImports: true,
};

const schema = parse(await readFile(SCHEMA, 'utf8'));

const resolverTypes = (): Promise<string> =>
  codegen({
    filename: TYPES.pathname,
    schema,
    documents: [],
    config: resolverConfig,
    plugins: [{ typescript: {} }, { 'typescript-resolvers': {} }],
    pluginMap: { typescript, 'typescript-resolvers': typescriptResolvers },
  });

async function operationTypes(): Promise<string> {
  const files = (await readdir(OPERATIONS)).sort();
  return codegen({
    filename: TYPED_OPERATIONS.pathname,
    schema,
    documents: await Promise.all(
      files.map(async (file) => {
        const location = new URL(file, OPERATIONS);
        return { location: location.pathname, document: parse(await readFile(location, 'utf8')) };
      }),
    ),
    config: operationConfig,
    plugins: [{ 'typescript-operations': {} }, { 'typed-document-node': {} }],
    pluginMap: { 'typescript-operations': typescriptOperations, 'typed-document-node': typedDocumentNode },
  });
}

const written = [
  { file: TYPES, code: await resolverTypes(), from: 'schema.graphql' },
  { file: TYPED_OPERATIONS, code: await operationTypes(), from: 'schema.graphql and viewer/operations' },
];
for (const { file, code, from } of written) {
  const generated = `// Written by \`npm run codegen\` from ${from}.\n${code}`;
  if (!process.argv.includes('--check')) {
    await writeFile(file, generated);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== generated) {
    console.error(`${file.pathname} does not fit ${from}: run \`npm run codegen\`.`);
    process.exitCode = 1;
  }
}
