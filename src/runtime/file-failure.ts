import { TsunagiError } from "#kernel";

/** Gives what the system threw about a file the name that the platform knows it by; what is a bug of ours stays as it is. */
export function fileFailure(error: unknown, file: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new TsunagiError("STORAGE_FULL", `the disk that holds ${file} is full`, {
        details: { file },
        hint: "make room on that disk, and try again",
        cause: error,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "EIO":
    case "ENOENT":
    case "ENOTDIR":
    case "EISDIR":
      return new TsunagiError("STORAGE_FAILED", `${file} cannot be written: ${message}`, {
        details: { file },
        hint: "check the disk, and that the server's user may write the file and its directory",
        cause: error,
      });
    default:
      return error;
  }
}
