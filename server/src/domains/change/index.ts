export type {
  BlamedLine,
  CommitInfo,
  CommitPatch,
  GitRepositories,
  GitRepository,
  LineRange,
  PatchQuery,
} from "./ports.ts";
