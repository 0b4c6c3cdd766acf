/**
 * What the noise of the process adds to the levels of several variables along the mean of each component, to first order: after an
 * interval N' = J N J' + Q, J how errors of the levels are carried on and Q what is new.
 */
export class LevelNoise {
  /** [components, variables, variables] */
  readonly covariances: Float64Array;
  readonly #variables: number;
  readonly #carried: Float64Array;
  readonly #added: Float64Array;
  readonly #product: Float64Array;

  constructor(components: number, variables: number) {
    this.#variables = variables;
    this.covariances = new Float64Array(components * variables * variables);
    this.#carried = new Float64Array(variables * variables);
    this.#added = new Float64Array(variables);
    this.#product = new Float64Array(variables * variables);
    this.#reset();
  }

  /** The part of an error of variable w that variable v has after the interval. Without a word, its own stays and no other comes. */
  carry(v: number, w: number, part: number): void {
    this.#carried[v * this.#variables + w] = part;
  }

  /** New variance of a variable in the interval. */
  add(v: number, variance: number): void {
    this.#added[v] = variance;
  }

  /** Ends the interval for a component. @param most variances, by variable. */
  pass(component: number, most: Float64Array): void {
    const n = this.#variables;
    const at = component * n * n;
    const { covariances } = this;
    for (let v = 0; v < n; v += 1) {
      for (let w = 0; w < n; w += 1) {
        let sum = 0;
        for (let u = 0; u < n; u += 1) sum += this.#carried[v * n + u]! * covariances[at + u * n + w]!;
        this.#product[v * n + w] = sum;
      }
    }
    for (let v = 0; v < n; v += 1) {
      for (let w = 0; w <= v; w += 1) {
        let sum = v === w ? this.#added[v]! : 0;
        for (let u = 0; u < n; u += 1) sum += this.#product[v * n + u]! * this.#carried[w * n + u]!;
        const bounded = v === w ? Math.min(Math.max(sum, 0), most[v]!) : sum;
        covariances[at + v * n + w] = bounded;
        covariances[at + w * n + v] = bounded;
      }
    }
    // A variance that was cut takes its covariances along.
    for (let v = 0; v < n; v += 1) {
      for (let w = 0; w < v; w += 1) {
        const limit = Math.sqrt(covariances[at + v * n + v]! * covariances[at + w * n + w]!);
        const cut = Math.min(Math.max(covariances[at + v * n + w]!, -limit), limit);
        covariances[at + v * n + w] = cut;
        covariances[at + w * n + v] = cut;
      }
    }
    this.#reset();
  }

  #reset(): void {
    this.#carried.fill(0);
    for (let v = 0; v < this.#variables; v += 1) this.#carried[v * this.#variables + v] = 1;
    this.#added.fill(0);
  }
}
