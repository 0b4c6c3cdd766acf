import { DomainError } from '../errors.ts';
import { type DiseaseTwin, withStatus } from './disease-twin.ts';
import type { Actor, TwinDependencies } from './ports.ts';

/**
 * Ends a twin's life; its record stays.
 * @throws {DomainError} NOT_FOUND, or CONFLICT when it is retired already.
 */
export async function retireDiseaseTwin(
  { unitOfWork }: Pick<TwinDependencies, 'unitOfWork'>,
  actor: Actor,
  input: { readonly twinId: string },
): Promise<DiseaseTwin> {
  return unitOfWork.run(actor, async (stores) => {
    const twin = await stores.twins.lock(input.twinId);
    if (twin === null) {
      throw new DomainError('NOT_FOUND', 'No such twin.', { field: 'twinId' });
    }
    const retired = await stores.twins.save(withStatus(twin, 'RETIRED'));
    await stores.events.append([{ twinId: twin.id, type: 'STATUS_CHANGED', message: 'Twin retired.' }]);
    await stores.audit.record({ action: 'retire', subjectKind: 'DiseaseTwin', subjectId: twin.id });
    return retired;
  });
}
