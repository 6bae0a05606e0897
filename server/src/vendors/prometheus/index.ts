export {
  type RemoteWrite,
  type RemoteWriteVersion,
  readRemoteWrite,
  remoteWriteVersion,
} from "./read-remote-write.ts";
export { SeriesMemory } from "./series-memory.ts";
