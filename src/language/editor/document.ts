import { diagnoseParsed } from "../analysis/checker.ts";
import type { Diagnostic } from "../analysis/diagnostic.ts";
import { resolveNames, type Names } from "../analysis/resolver.ts";
import type { Surroundings } from "../analysis/surroundings.ts";
import type { Language } from "#kernel";
import { translateDiagnostic } from "../analysis/translation.ts";
import type { Token } from "../syntax/cursor.ts";
import { EditedSource } from "../syntax/edited-source.ts";
import type { Jobflow } from "../syntax/tree.ts";

/**
 * A jobflow in an editor: its text, which changes at every keystroke, and what is known of the world around it. The
 * services are functions of a document: tokens, diagnostics, completion, hover, definition, rename, outline, flow graph.
 * What they give is the asker's own and stays as it is; the document's tree moves with the next {@link update}.
 */
export class EditorDocument {
  /** In which language people are told things. */
  language: Language;
  /** May be replaced when more is known. */
  surroundings: Surroundings | undefined;
  readonly #edited: EditedSource;

  constructor(
    source: string,
    options: { surroundings?: Surroundings | undefined; language?: Language } = {},
  ) {
    this.#edited = new EditedSource(source);
    this.surroundings = options.surroundings;
    this.language = options.language ?? "en";
  }

  get source(): string {
    return this.#edited.source;
  }

  /** The text is now that one. */
  update(source: string): void {
    this.#edited.update(source);
  }

  get tree(): Jobflow {
    return this.#edited.tree;
  }

  get names(): Names {
    return resolveNames(this.tree);
  }

  /** As the parser sees them. */
  get rawTokens(): readonly Token[] {
    return this.#edited.tokens;
  }

  /** Whether the parser has nothing against the text. */
  get isWellFormed(): boolean {
    return this.#edited.diagnostics.length === 0;
  }

  /** The same as the checker gives, for the reader. */
  diagnostics(): Diagnostic[] {
    return diagnoseParsed(this.#edited, this.surroundings).map((diagnostic) => {
      const { related, ...told } = translateDiagnostic(diagnostic, this.language);
      const kept = related && { related: { ...related, span: { ...related.span } } };
      return { ...told, span: { ...told.span }, ...kept };
    });
  }
}
