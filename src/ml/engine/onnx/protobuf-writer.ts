const text = new TextEncoder();

/** Writes length-delimited protocol buffer messages bottom-up, as a list of chunks. */
export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  #push(bytes: Uint8Array): this {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    return this;
  }
  #varint(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    const out: number[] = [];
    while (rest >= 128n) {
      out.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    out.push(Number(rest));
    return this.#push(Uint8Array.from(out));
  }

  /** A varint field; negative numbers take the ten bytes of int64. */
  int(field: number, value: number | bigint): this {
    return this.#varint(field << 3).#varint(value);
  }
  /** A 32-bit float field. */
  float(field: number, value: number): this {
    return this.#varint((field << 3) | 5).#push(new Uint8Array(Float32Array.of(value).buffer));
  }
  /** A bytes field; the bytes are not copied before {@link finish}. */
  bytes(field: number, value: Uint8Array): this {
    return this.#varint((field << 3) | 2).#varint(value.length).#push(value);
  }
  /** A UTF-8 string field. */
  string(field: number, value: string): this {
    return this.bytes(field, text.encode(value));
  }
  /** An embedded message. */
  message(field: number, value: ProtobufWriter): this {
    this.#varint((field << 3) | 2).#varint(value.#length);
    for (const chunk of value.#chunks) this.#push(chunk);
    return this;
  }
  /** Everything written so far. */
  finish(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  }
}
