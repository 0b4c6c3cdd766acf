/** The URL of another database of the same cluster. */
export const databaseUrl = (clusterUrl: string, name: string): string =>
  clusterUrl.replace(/\/postgres\?/, `/${name}?`);
