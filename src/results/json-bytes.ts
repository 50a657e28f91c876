/** Takes a byte and answers what may come next; throws when it may not come. */
export type State = (byte: number) => State;

const codeOf = (sign: string): number => sign.charCodeAt(0);
export const [OPEN_OBJECT, CLOSE_OBJECT] = [codeOf("{"), codeOf("}")];
export const [OPEN_ARRAY, CLOSE_ARRAY] = [codeOf("["), codeOf("]")];
export const [QUOTE, COLON, COMMA] = [codeOf('"'), codeOf(":"), codeOf(",")];
export const [BACKSLASH, SPACE, LETTER_U] = [codeOf("\\"), codeOf(" "), codeOf("u")];
export const ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));
export const HEX: ReadonlySet<number> = new Set(Buffer.from("0123456789abcdefABCDEF"));

export const isSpace = (byte: number): boolean =>
  byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;

export const fail = (): never => {
  throw new Error("Stream's export is not one whole JSON object");
};

const [MINUS, PLUS, POINT, ZERO] = [codeOf("-"), codeOf("+"), codeOf("."), codeOf("0")];
const [SMALL_E, LARGE_E] = [codeOf("e"), codeOf("E")];
const isDigit = (byte: number): boolean => byte >= ZERO && byte <= ZERO + 9;
const isExponent = (byte: number): boolean => byte === SMALL_E || byte === LARGE_E;

/** The states of numbers, true, false and null, each from its first byte; `after` gets the byte that follows. */
export const scalarsBefore = (after: State): State => {
  const rest =
    (text: string): State =>
    (byte) => {
      if (byte !== text.charCodeAt(0)) return fail();
      return text.length === 1 ? after : rest(text.slice(1));
    };
  const words = new Map(
    ["true", "false", "null"].map((word) => [codeOf(word), rest(word.slice(1))]),
  );
  const power: State = (byte) => (isDigit(byte) ? power : after(byte));
  const firstOfPower: State = (byte) => (isDigit(byte) ? power : fail());
  const exponent: State = (byte) =>
    byte === MINUS || byte === PLUS ? firstOfPower : firstOfPower(byte);
  const ended: State = (byte) => (isExponent(byte) ? exponent : after(byte));
  const fraction: State = (byte) => (isDigit(byte) ? fraction : ended(byte));
  const firstOfFraction: State = (byte) => (isDigit(byte) ? fraction : fail());
  const whole: State = (byte) => (byte === POINT ? firstOfFraction : ended(byte));
  const integer: State = (byte) => (isDigit(byte) ? integer : whole(byte));
  const digits: State = (byte) => (byte === ZERO ? whole : isDigit(byte) ? integer : fail());
  return (byte) => words.get(byte) ?? (byte === MINUS ? digits : digits(byte));
};
