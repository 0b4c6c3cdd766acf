const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isRecordId = (id: string): boolean => UUID.test(id);

/** Nothing has another kind of id, and the server would refuse the whole statement for it. */
export const recordIds = (ids: readonly string[]): string[] => ids.filter(isRecordId);
