import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';

const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);
const MAX_INT = 2 ** 31 - 1;

/** What the database and the models can take: no year 0, no overflow. */
function boundedDate(value: unknown): Date {
  if (!(value instanceof Date) || !(value.getTime() >= EARLIEST && value.getTime() < LATEST)) {
    throw new GraphQLError('DateTime must lie between the years 1900 and 2199.');
  }
  return value;
}

export const DateTime = new GraphQLScalarType<Date, Date | string>({
  name: 'DateTime',
  serialize: (value) => GraphQLDateTime.serialize(value),
  parseValue: (value) => boundedDate(GraphQLDateTime.parseValue(value)),
  parseLiteral: (node: ValueNode) => boundedDate(GraphQLDateTime.parseLiteral(node, {})),
});

function boundedInt(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > MAX_INT) {
    throw new GraphQLError(`NonNegativeInt must be a whole number from 0 to ${MAX_INT}.`);
  }
  return value;
}

export const NonNegativeInt = new GraphQLScalarType<number, number>({
  name: 'NonNegativeInt',
  serialize: boundedInt,
  parseValue: boundedInt,
  parseLiteral: (node: ValueNode) => {
    if (node.kind !== Kind.INT) {
      throw new GraphQLError('NonNegativeInt must be a whole number.', { nodes: [node] });
    }
    return boundedInt(Number(node.value));
  },
});
