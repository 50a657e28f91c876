/** The middle value, or the mean of the two middle ones. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The value below which the given part of all values lies, interpolated. */
export const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((left, right) => left - right);
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
};

export const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** With thousands separated, and so many decimals. */
export const decimals = (value: number, places = 0): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });

export const percent = (part: number): string => `${decimals(part * 100, 1)} %`;

export const times = (ratio: number): string => `${decimals(ratio, 2)}×`;
