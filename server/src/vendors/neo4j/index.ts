export { type Neo4jClient, type Neo4jSettings, neo4jClient } from "./neo4j-client.ts";
export { neo4jCopy } from "./neo4j-copy.ts";
export { neo4jTopology } from "./neo4j-topology.ts";
