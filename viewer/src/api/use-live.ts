import { useEffect, useRef, useState } from 'preact/hooks';
import { followJob, followTwin, type TwinEvent } from './live.ts';
import type { WorkFragment } from './operations.ts';

const KEPT = 200;
/** Events come in bursts: a visit that was aligned is followed by a status, a forecast by its score. */
const GATHER_MS = 120;

/** What happened to a twin, newest first; `onNews` runs once after each burst. */
export function useTwinEvents(twinId: string, onNews: () => void): readonly TwinEvent[] {
  const [events, setEvents] = useState<readonly TwinEvent[]>([]);
  const latest = useRef(onNews);
  latest.current = onNews;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = followTwin(twinId, (event) => {
      setEvents((before) => [event, ...before].slice(0, KEPT));
      timer ??= setTimeout(() => {
        timer = undefined;
        latest.current();
      }, GATHER_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
      setEvents([]);
    };
  }, [twinId]);
  return events;
}

/** A job as it is now, kept up to date until it has ended. */
export function useJob(job: WorkFragment, onEnd: () => void): WorkFragment {
  const [current, setCurrent] = useState(job);
  const latest = useRef(onEnd);
  latest.current = onEnd;
  useEffect(
    () =>
      followJob(job.id, (changed) => {
        setCurrent(changed);
        if (!isActive(changed)) latest.current();
      }),
    [job.id],
  );
  return current;
}

export const isActive = ({ status }: Pick<WorkFragment, 'status'>): boolean =>
  status === 'QUEUED' || status === 'RUNNING';
