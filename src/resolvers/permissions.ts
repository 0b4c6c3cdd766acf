import { defaultFieldResolver, getDirectiveValues, GraphQLError, isObjectType } from 'graphql';
import type { GraphQLDirective, GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import type { Permission } from '../twins/caller.ts';
import type { ApiContext } from './context.ts';

/** Makes every field check the permissions that `@requires` on it and on its type ask for, before it is resolved. */
export function enforcePermissions(schema: GraphQLSchema): GraphQLSchema {
  const directive = schema.getDirective('requires');
  if (directive == null) {
    throw new Error('the schema has no directive @requires');
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const ofType = permissionOf(directive, type.astNode);
    for (const field of Object.values(type.getFields())) {
      const needed = [ofType, permissionOf(directive, field.astNode)].filter((permission) => permission !== null);
      if (needed.length === 0) continue;
      field.resolve = guarded(field.resolve ?? defaultFieldResolver, needed);
      if (field.subscribe !== undefined) {
        field.subscribe = guarded(field.subscribe, needed);
      }
    }
  }
  return schema;
}

type Resolve = GraphQLFieldResolver<unknown, ApiContext>;

const guarded =
  (resolve: Resolve, needed: readonly Permission[]): Resolve =>
  (parent, args, context, info) => {
    if (!needed.every((permission) => context.permissions.has(permission))) {
      throw new GraphQLError('You may not do or see this.', {
        extensions: { code: 'FORBIDDEN', requires: needed },
      });
    }
    return resolve(parent, args, context, info);
  };

function permissionOf(
  directive: GraphQLDirective,
  node: Parameters<typeof getDirectiveValues>[1] | null | undefined,
): Permission | null {
  if (node == null) return null;
  const values = getDirectiveValues(directive, node);
  return values === undefined ? null : (values['permission'] as Permission);
}
