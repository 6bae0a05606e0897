/**
 * How safe a commit is. `full`: an acknowledged commit survives power loss. `none`: it survives a killed process only;
 * for tests and throw-away databases.
 */
export type Durability = "full" | "none";

/**
 * The settings of the embedded server: a small footprint beside the application on a small machine, no network, and
 * commits that survive power loss. The text of a PostgreSQL configuration file.
 */
export function postgresSettings(durability: Durability): string {
  const settings: Record<string, string> = {
    listen_addresses: "''",
    unix_socket_permissions: "0700",
    // Room for several processes of one folder with a full pool of 60 each; an unused slot costs a few kilobytes.
    max_connections: "300",
    // Memory: pages are touched as data grows; 36 MB in all just after the start.
    shared_buffers: "64MB",
    huge_pages: "off",
    work_mem: "8MB",
    maintenance_work_mem: "64MB",
    effective_cache_size: "512MB",
    // Three I/O worker processes cost memory and bring nothing at this size.
    io_method: "sync",
    jit: "off",
    // Two cores are shared with ingestion.
    max_parallel_workers_per_gather: "0",
    autovacuum_max_workers: "2",
    // There are no replicas of the embedded server, so the log need not describe them.
    wal_level: "minimal",
    max_wal_senders: "0",
    synchronous_commit: "on",
    max_wal_size: "1GB",
    min_wal_size: "128MB",
    wal_buffers: "8MB",
    checkpoint_timeout: "15min",
    random_page_cost: "1.1",
    // No transaction of Culprit waits for anything but the database.
    idle_in_transaction_session_timeout: "60s",
    // Errors of statements go to the caller, who logs them; the file keeps what concerns the server.
    log_min_messages: "log",
    log_checkpoints: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    datestyle: "'iso, ymd'",
  };
  if (durability === "none") {
    // Not synchronous_commit: without it a killed server loses the commits of its last half second.
    Object.assign(settings, { fsync: "off", full_page_writes: "off" });
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return `# Written by Culprit at every start. Your own settings go into postgresql.conf, below its include line.\n${lines.join("\n")}\n`;
}
