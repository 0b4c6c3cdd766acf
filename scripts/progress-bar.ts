const WIDTH = 24;

/** Draws one line on the terminal's standard error that fills up; nothing where it is no terminal but at the end of a phase. */
export function progressBar(stream: NodeJS.WriteStream = process.stderr): (phase: string, fraction: number) => void {
  return (phase, fraction) => {
    const isEnd = fraction >= 1;
    if (!stream.isTTY && !isEnd) return;
    const filled = Math.round(Math.min(1, fraction) * WIDTH);
    const line = `${phase} [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.round(100 * fraction)} %`;
    stream.write(`${stream.isTTY ? '\r\u001b[2K' : ''}${line}${isEnd ? '\n' : ''}`);
  };
}
