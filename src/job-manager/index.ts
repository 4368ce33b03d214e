/**
 * The agent that runs commands in a network segment: connects outward to a server, keeps a journal of what it took,
 * and runs each number at most once. It owns its directory (journal, key, scripts) and the connections to hosts.
 * It never decides what is run, knows no objects, and keeps no credentials.
 */
export {
  startEmbeddedJobManager,
  startJobManager,
  type JobManager,
  type JobManagerOptions,
} from "./job-manager.ts";
