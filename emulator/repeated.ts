/** A queue per key whose first entry is handed out so many times before the next one's turn comes. */
export const openRepeated = <Key, Value>() => {
  const queues = new Map<Key, { value: Value; times: number }[]>();
  return {
    add(key: Key, value: Value, times: number): void {
      queues.set(key, [...(queues.get(key) ?? []), { value, times }]);
    },
    take(key: Key): Value | undefined {
      const queue = queues.get(key);
      const first = queue?.[0];
      if (!queue || !first) return undefined;
      first.times -= 1;
      if (first.times <= 0) queue.shift();
      return first.value;
    },
    clear: (): void => queues.clear(),
  };
};
