/**
 * What a checker or an editor may know of the world around a jobflow: which objects stand where, what a flow that is
 * called takes, which fields a type has. The language asks and never waits: whoever calls it (the command line, the
 * server, the browser) has looked the answers up before. Not to know something is no error and gives no diagnostic.
 */
export interface Surroundings {
  /** Where the jobflow itself stands (or would): relative paths start at the directory that holds it. */
  readonly path: string;
  /**
   * Whether this is a part of the world only, such as a folder beside no server: an absolute path is then judged only
   * where its first directory is in that part, and a relative one only where it does not lead out of it.
   */
  readonly isPart?: boolean;
  /** What stands at an absolute path; null where nothing stands; undefined where nobody knows. */
  objectAt(path: string): VisibleObject | null | undefined;
  /** The names directly below a directory, as far as they are known. */
  namesBelow(path: string): readonly string[];
  /** A type by its name. */
  typeNamed(name: string): VisibleType | undefined;
  /** The names of all types, as far as they are known. */
  readonly typeNames: readonly string[];
}

export interface VisibleObject {
  /** The name of its type. */
  readonly type: string;
  /** What it takes when it is called, if that is known: of a jobflow or an action. */
  readonly parameters?: readonly VisibleParameter[];
}

export interface VisibleParameter {
  readonly name: string;
  readonly isRequired: boolean;
}

export interface VisibleType {
  readonly fields: readonly VisibleField[];
}

export interface VisibleField {
  readonly name: string;
  readonly kind: string;
  readonly label?: string;
  readonly help?: string;
  /** Of a choice. */
  readonly choices?: readonly string[];
}
