import java.nio.file.Files;
import java.nio.file.Path;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.harness.Neo4j;
import org.neo4j.harness.Neo4jBuilders;

/**
 * Starts a real Neo4j in this process with Bolt on a free port and prints one line of JSON when it answers:
 * {"url":"bolt://localhost:N","version":"…"}. It ends when its standard input ends. Arguments: the folder for its data, the
 * password of the user neo4j.
 */
public final class Neo4jEngine {
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Files.createDirectories(folder);
    try (Neo4j neo4j =
        Neo4jBuilders.newInProcessBuilder(folder)
            .withDisabledServer()
            .withConfig(GraphDatabaseSettings.auth_enabled, true)
            .build()) {
      var management = neo4j.databaseManagementService();
      management
          .database("system")
          .executeTransactionally(
              "ALTER USER neo4j SET PASSWORD '" + arguments[1] + "' CHANGE NOT REQUIRED");
      System.out.println("{\"url\":\"" + neo4j.boltURI() + "\"}");
      System.out.flush();
      while (System.in.read() != -1) {}
    }
  }
}
