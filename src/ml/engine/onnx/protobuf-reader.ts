/** One field of a protocol buffer message: a varint as `number`, everything else as its bytes. */
export interface ProtobufField {
  readonly field: number;
  readonly value: number | Uint8Array;
}

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

/**
 * Reads the fields of one message; embedded messages stay bytes. Lengths are checked against what is there.
 * Varints above 2^53 are rounded; negative ones are not read by this project.
 * @throws {RangeError} for a malformed message.
 */
export function* readProtobuf(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('a number is cut off');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is longer than ten bytes');
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new RangeError(`a field of ${length} bytes reaches beyond the end`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (field === 0) throw new RangeError('there is no field 0');
    switch (tag % 8) {
      case WIRE_VARINT:
        yield { field, value: varint() };
        break;
      case WIRE_FIXED64:
        yield { field, value: take(8) };
        break;
      case WIRE_BYTES:
        yield { field, value: take(varint()) };
        break;
      case WIRE_FIXED32:
        yield { field, value: take(4) };
        break;
      default:
        throw new RangeError(`field ${field} has the unknown wire type ${tag % 8}`);
    }
  }
}
