/** A progress line on stderr: redrawn on a terminal, one line per step elsewhere. */
export type Progress = (done: number, total: number, what: string) => void;

const WIDTH = 24;

export const createProgress = (stream: NodeJS.WriteStream = process.stderr): Progress => {
  let last = '';
  return (done, total, what) => {
    const filled = total === 0 ? WIDTH : Math.round((WIDTH * done) / total);
    const line = `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done}/${total} ${what}`;
    if (line === last) {
      return;
    }
    stream.write(stream.isTTY ? `\r\x1b[K${line}${done === total ? '\n' : ''}` : `${line}\n`);
    last = line;
  };
};
