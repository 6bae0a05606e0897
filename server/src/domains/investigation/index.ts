export { type BlameAnswer, type BlameRequest, blameCommits } from "./blame-commits.ts";
