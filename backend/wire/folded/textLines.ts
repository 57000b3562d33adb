/** Walks the lines of a text: next() steps to a line and sets `line` (without its LF or CR LF) and `number`, from 1. */
export class TextLines {
  line = '';
  number = 0;
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** false at the end. An LF at the very end opens no further line. */
  next(): boolean {
    const { text, at } = this;
    if (at >= text.length) return false;
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    this.at = end + 1;
    if (end > at && text.charCodeAt(end - 1) === 0x0d) end--;
    this.line = text.slice(at, end);
    this.number++;
    return true;
  }
}
