/** Says on the error stream what is being measured; one line that is written over where it is a terminal. */
export function progress(what: string, done: number, of: number): void {
  const line = `registration: ${what}, ${done} of ${of}`;
  process.stderr.write(process.stderr.isTTY ? `\r\u001B[2K${line}${done === of ? '\n' : ''}` : `${line}\n`);
}
