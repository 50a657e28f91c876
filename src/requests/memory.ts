/** What was last known of some requests. It may be out of date, and forgets: by age, and the oldest when it is full. */
export type Memory<Value> = {
  recall(id: string): Value | undefined;
  keep(id: string, value: Value): void;
  clear(): void;
};

/**
 * Two generations: whatever is not kept again is gone after at most two lives.
 * @param most how many values a generation holds. @param lifeMs how long a generation is the younger one, at most.
 */
export const openMemory = <Value>(most: number, lifeMs: number): Memory<Value> => {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  let timer: NodeJS.Timeout | undefined;
  const age = () => {
    clearTimeout(timer);
    [old, young] = [young, new Map()];
    timer = old.size > 0 ? setTimeout(age, lifeMs).unref() : undefined;
  };
  return {
    recall: (id) => young.get(id) ?? old.get(id),
    keep(id, value) {
      old.delete(id);
      young.set(id, value);
      if (young.size >= most) age();
      else timer ??= setTimeout(age, lifeMs).unref();
    },
    clear() {
      young.clear();
      old.clear();
    },
  };
};
