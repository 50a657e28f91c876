import { type Flushable, getManyValues, type Many, none } from "stream-chain/defs.js";
import fixUtf8Stream from "stream-chain/utils/fixUtf8Stream.js";
import { jsonParser, type ParserOptions, type Token } from "stream-json/core/parser.js";

export type { Token };

/** Divides JSON into tokens as it comes: one object, or one a line. */
export type Tokenizer = {
  /** @returns the tokens that the chunk completes. @throws Error where the text is not JSON. */
  read(chunk: Buffer | string): readonly Token[];
  /** @returns the tokens that only the end completes. @throws Error when the text ends early. */
  end(): readonly Token[];
};

// Its own type leaves out that the end is told by `none`, as to everything flushable.
type Parser = Flushable<string | typeof none, Many<Token> | typeof none>;

/**
 * Opens a tokenizer, which keeps of the text only what the next chunk may complete.
 * It calls the library's parser itself: as a stream that waits at tokens, it lets the garbage of whole exports grow old.
 */
export const openTokenizer = (options: ParserOptions): Tokenizer => {
  const decode = fixUtf8Stream();
  const parse = jsonParser({ ...options, jsonStreaming: true }) as Parser;
  const tokensOf = (text: string | typeof none): readonly Token[] => {
    const tokens = parse(text);
    return tokens === none ? [] : getManyValues(tokens);
  };
  return {
    read: (chunk) => tokensOf(decode(chunk)),
    end: () => [...tokensOf(decode(none)), ...tokensOf(none)],
  };
};
