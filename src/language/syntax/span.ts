/** A place in the source: half-open offsets in UTF-16 code units. Line and column are worked out when printing. */
export interface Span {
  start: number;
  end: number;
}
