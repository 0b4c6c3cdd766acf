/**
 * Keeps what was made last by its key, so that what is expensive is made once for equal content.
 * @param capacity number of results kept; the one that was not asked for the longest goes first.
 */
export function recentlyMade<T>(capacity: number): (key: string, make: () => T) => T {
  const kept = new Map<string, T>();
  return (key, make) => {
    const value = kept.has(key) ? kept.get(key)! : make();
    kept.delete(key);
    kept.set(key, value);
    if (kept.size > capacity) kept.delete(kept.keys().next().value!);
    return value;
  };
}
