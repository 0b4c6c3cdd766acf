/** How many other patients a forecast learns from at most: what is beyond adds time, not skill. */
export const MAXIMUM_POPULATION = 256;
