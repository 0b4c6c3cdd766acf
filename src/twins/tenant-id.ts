const TENANT_ID = /^[a-z][a-z0-9-]{1,62}$/;

/** Whether a text can name a hospital: lower-case letters, digits and hyphens, 2 to 63 of them, a letter first. */
export const isTenantId = (text: string): boolean => TENANT_ID.test(text);
