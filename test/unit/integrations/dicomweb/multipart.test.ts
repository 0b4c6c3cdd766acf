import { describe, expect, test } from 'vitest';
import { readSinglePart } from '../../../../src/integrations/dicomweb/multipart.ts';

const TYPE = 'multipart/related; type="application/dicom"; boundary="b-1"';
const part = (content: string) => `--b-1\r\nContent-Type: application/dicom\r\n\r\n${content}\r\n`;
const read = (body: string, type = TYPE) => readSinglePart(Buffer.from(body, 'latin1'), type).toString('latin1');

describe('a multipart body', () => {
  test('gives its one part', () => {
    expect(read(`${part('content')}--b-1--`)).toBe('content');
    expect(read(`\r\n${part('content')}--b-1--\r\n`)).toBe('content');
    expect(read(`${part('content')}--b-1--`, 'multipart/related; boundary=b-1; type=application/dicom')).toBe(
      'content',
    );
  });

  test('may hold line ends, dashes and nothing', () => {
    expect(read(`${part('a\r\n--b-\r\n\r\nc')}--b-1--`)).toBe('a\r\n--b-\r\n\r\nc');
    expect(read(`${part('')}--b-1--`)).toBe('');
  });

  test.each([
    ['cut before its end', part('content'), TYPE, 'truncated'],
    ['cut inside its part', '--b-1\r\nContent-Type: application/dicom\r\n\r\ncont', TYPE, 'truncated'],
    ['without parts', '--b-1--', TYPE, 'malformed'],
    ['with two parts', `${part('one')}${part('two')}--b-1--`, TYPE, 'malformed'],
    ['without part headers', '--b-1\r\n--b-1--', TYPE, 'malformed'],
    ['without a boundary', `${part('content')}--b-1--`, 'multipart/related', 'malformed'],
  ])('is refused %s', (_, body, type, kind) => {
    expect(() => read(body, type)).toThrow(expect.objectContaining({ kind }));
  });
});
