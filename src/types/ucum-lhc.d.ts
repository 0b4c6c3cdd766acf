// @lhncbc/ucum-lhc ships no types: only what this project uses is declared (version 7 signatures).
declare module '@lhncbc/ucum-lhc' {
  export interface UcumLhcUtils {
    convertUnitTo(
      fromUnit: string,
      value: number,
      toUnit: string,
      options?: { readonly suggest?: boolean; readonly molecularWeight?: number; readonly charge?: number },
    ): { readonly status: 'succeeded' | 'failed' | 'error'; readonly toVal: number | null };
    validateUnitString(unit: string, suggest?: boolean): { readonly status: 'valid' | 'invalid' | 'error' };
  }

  const ucum: { readonly UcumLhcUtils: { getInstance(): UcumLhcUtils } };
  export default ucum;
}
