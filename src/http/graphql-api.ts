import type {
  DocumentNode,
  GraphQLError,
  GraphQLFormattedError,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import type { Caller } from '../twins/caller.ts';

/** What a transport needs to know of an operation's context. */
interface OperationScope {
  readonly requestId: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  readonly isSubscription: boolean;
}

/** The GraphQL API as the transports see it: HTTP and WebSocket answer by the same rules. */
export interface GraphqlApi {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly maxTokens: number;
  createContext(caller: Caller, scope: OperationScope): object;
  /** GraphQL's validation and the introspection policy. */
  validate(document: DocumentNode): readonly GraphQLError[];
  /** The limits that a valid operation breaks; null when none. */
  checkLimits(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): GraphQLError | null;
  /** What a client may read of an error, and the fault behind it that is to be logged. */
  toClientError(
    error: GraphQLError,
    requestId: string,
  ): { readonly formatted: GraphQLFormattedError; readonly fault: unknown };
}
