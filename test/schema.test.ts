import { readFileSync } from 'node:fs';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  type GraphQLSchema,
} from 'graphql';
import { validateSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../src/twins/caller.ts';
import { REFUSAL_REASONS } from '../src/errors.ts';
import { createApiSchema } from '../src/resolvers/schema.ts';
import { TWIN_STATUSES } from '../src/twins/disease-twin.ts';
import { TWIN_EVENT_TYPES } from '../src/twins/twin-event.ts';

const text = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(text);

interface Described {
  readonly path: string;
  readonly description: string | null | undefined;
}

function elementsOf(schema: GraphQLSchema): Described[] {
  const elements: Described[] = [];
  const add = (path: string, { description }: Pick<Described, 'description'>) => elements.push({ path, description });
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue;
    add(type.name, type);
    if (isEnumType(type)) type.getValues().forEach((value) => add(`${type.name}.${value.name}`, value));
    if (isInputObjectType(type)) {
      Object.values(type.getFields()).forEach((field) => add(`${type.name}.${field.name}`, field));
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      add(`${type.name}.${field.name}`, field);
      field.args.forEach((arg) => add(`${type.name}.${field.name}(${arg.name})`, arg));
    }
  }
  for (const directive of schema.getDirectives()) {
    if (isSpecifiedDirective(directive)) continue;
    add(`@${directive.name}`, directive);
    directive.args.forEach((arg) => add(`@${directive.name}(${arg.name})`, arg));
  }
  return elements;
}

const namesOf = (type: string): string[] => {
  const found = schema.getType(type);
  return isEnumType(found) ? found.getValues().map(({ name }) => name) : [];
};

describe('the schema', () => {
  it('is valid', () => {
    expect(validateSchema(schema)).toEqual([]);
    expect(validateSchema(createApiSchema())).toEqual([]);
  });

  it('describes every type, field, argument and value in a sentence', () => {
    const elements = elementsOf(schema);
    expect(elements.length).toBeGreaterThan(400);
    const bare = elements.filter(({ description }) => !/^\S[^]{3,}[.:]$/.test(description?.trim() ?? ''));
    expect(bare.map(({ path }) => path)).toEqual([]);
  });

  it.each([
    ['Permission', PERMISSIONS],
    ['RefusalReason', REFUSAL_REASONS],
    ['TwinStatus', TWIN_STATUSES],
    ['TwinEventType', TWIN_EVENT_TYPES],
  ])('has the same %s as the domain', (type, values) => {
    expect(namesOf(type).sort()).toEqual([...values].sort());
  });

  it('asks for a permission wherever something of a patient can be reached', () => {
    const open = ['Query.diseaseDefinitions', 'Query.server'];
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const unguarded = roots.flatMap((root) =>
      Object.values(root?.getFields() ?? {})
        .filter(({ astNode }) => !astNode?.directives?.some(({ name }) => name.value === 'requires'))
        .map(({ name }) => `${root?.name}.${name}`),
    );
    expect(unguarded).toEqual(open);
    const guardedTypes = ['Patient', 'DiseaseTwin', 'TimelineEntry', 'Visit', 'Forecast', 'Image', 'TwinEvent', 'Job'];
    const withoutGuard = guardedTypes.filter(
      (name) => !schema.getType(name)?.astNode?.directives?.some((directive) => directive.name.value === 'requires'),
    );
    expect(withoutGuard).toEqual([]);
  });

  it('answers every mutation with a result that can be a refusal', () => {
    const results = Object.values(schema.getMutationType()?.getFields() ?? {}).map(({ type }) => String(type));
    for (const result of results) {
      expect(result).toMatch(/Result!$/);
      expect(text).toMatch(new RegExp(`union ${result.slice(0, -1)} = \\w+ \\| Refusal`));
    }
  });
});
