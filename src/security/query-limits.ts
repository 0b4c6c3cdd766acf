import {
  getArgumentValues,
  getNamedType,
  getVariableValues,
  GraphQLError,
  isCompositeType,
  isListType,
  isNonNullType,
  Kind,
} from 'graphql';
import { isInterfaceType, isObjectType, NoSchemaIntrospectionCustomRule, specifiedRules, validate } from 'graphql';
import type { DocumentNode, FieldNode, FragmentDefinitionNode, GraphQLField, GraphQLNamedType } from 'graphql';
import type { GraphQLOutputType, GraphQLSchema, OperationDefinitionNode, SelectionSetNode } from 'graphql';

export interface QueryLimits {
  /** Levels of fields within fields. */
  readonly depth: number;
  readonly aliases: number;
  /** Objects and values that the answer may have, as far as the query tells. */
  readonly cost: number;
  /** Lexical tokens of the query text. */
  readonly tokens: number;
}

/** A page of 20 patients with their twins, forecasts, values and visits fits; a page of pages of pages does not. */
export const DEFAULT_QUERY_LIMITS: QueryLimits = { depth: 16, aliases: 30, cost: 100_000, tokens: 2000 };

/** How long a list is taken to be where the query does not say. */
const ASSUMED_LIST_LENGTH = 5;

/**
 * GraphQL's own rules and the introspection policy, for a transport that has no validation of its own. Where the schema
 * is not to be read, errors do not help guessing it either.
 */
export function validateOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  { introspection }: { readonly introspection: boolean },
): readonly GraphQLError[] {
  if (introspection) return validate(schema, document, specifiedRules);
  const errors = validate(schema, document, [...specifiedRules, NoSchemaIntrospectionCustomRule]);
  return errors.map(
    ({ message, nodes }) => new GraphQLError(message.replace(/ ?Did you mean .+\?$/, ''), { nodes: nodes ?? null }),
  );
}

/**
 * The limits that a valid operation breaks, before anything of it is executed. A list costs its length times what one
 * of its elements costs; its length is `first`, variables and their defaults included. Introspection is left out: it has its own policy.
 */
export function checkQueryLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  limits: QueryLimits,
): GraphQLError | null {
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );
  // As the executor will have them, so that a default counts; it refuses in its own words what does not fit.
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
  let aliases = 0;
  let visited = 0;
  let broken: string | null = null;

  /** `length` is that of the connection whose `edges` and `nodes` are selected. */
  const costOf = (
    set: SelectionSetNode,
    type: GraphQLNamedType | null | undefined,
    depth: number,
    length: number,
  ): number => {
    if (depth > limits.depth) broken ??= `it is more than ${limits.depth} levels deep`;
    let cost = 0;
    for (const selection of set.selections) {
      // Counts what costs nothing too: fragments of fragments grow without selecting anything.
      if (++visited > limits.cost) broken ??= 'it is too long';
      if (broken !== null) return cost;
      if (selection.kind === Kind.FIELD) cost += costOfField(selection, type, depth, length);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition === undefined ? type : schema.getType(selection.typeCondition.name.value);
        cost += costOf(selection.selectionSet, on, depth, length);
      } else {
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) {
          cost += costOf(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), depth, length);
        }
      }
    }
    return cost;
  };

  const costOfField = (
    node: FieldNode,
    type: GraphQLNamedType | null | undefined,
    depth: number,
    length: number,
  ): number => {
    if (node.alias !== undefined && ++aliases > limits.aliases) broken ??= `it has more than ${limits.aliases} aliases`;
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (node.name.value.startsWith('__') || field === undefined) return 0;
    const inner = getNamedType(field.type);
    const first = pageLength(field, node, coerced);
    const isList = isListOf(field.type) && isCompositeType(inner);
    const times = isList ? (first ?? (isPagePart(node) ? length : ASSUMED_LIST_LENGTH)) : 1;
    const innerLength = isList ? ASSUMED_LIST_LENGTH : (first ?? ASSUMED_LIST_LENGTH);
    const one = 1 + (node.selectionSet === undefined ? 0 : costOf(node.selectionSet, inner, depth + 1, innerLength));
    const cost = Math.max(times, 1) * one;
    if (cost > limits.cost) broken ??= `it may ask for more than ${limits.cost} values`;
    return cost;
  };

  const root = schema.getRootType(operation.operation);
  const cost = costOf(operation.selectionSet, root, 1, ASSUMED_LIST_LENGTH);
  if (cost > limits.cost) broken ??= `it may ask for more than ${limits.cost} values`;
  return broken === null
    ? null
    : new GraphQLError(`The query was refused: ${broken}.`, {
        nodes: [operation],
        extensions: { code: 'QUERY_TOO_COMPLEX', http: { status: 400 } },
      });
}

const isPagePart = (node: FieldNode): boolean => node.name.value === 'edges' || node.name.value === 'nodes';

function pageLength(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): number | undefined {
  if (!field.args.some(({ name }) => name === 'first')) return undefined;
  try {
    const { first } = getArgumentValues(field, node, { ...variables });
    // An explicit null means the resolver's own default, which no field has higher than its declared one.
    return typeof first === 'number' ? first : declaredDefault(field);
  } catch {
    // A variable that does not fit is refused by the executor, in its own words.
    return undefined;
  }
}

function declaredDefault(field: GraphQLField<unknown, unknown>): number | undefined {
  const value = field.args.find(({ name }) => name === 'first')?.defaultValue;
  return typeof value === 'number' ? value : undefined;
}

const isListOf = (type: GraphQLOutputType): boolean => (isNonNullType(type) ? isListOf(type.ofType) : isListType(type));
