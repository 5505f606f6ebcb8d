package org.apache.beam.sdk.io.common;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.beam.sdk.values.KV;
import org.junit.Assert;

/** Makes, looks at and drops tables. Stateless. */
public final class DatabaseTestHelper {
  private DatabaseTestHelper() {}

  /** A name that no other table has. */
  public static String getTestTableName(String prefix) {
    return prefix + "_" + UUID.randomUUID().toString().replace('-', '_');
  }

  /** Makes a table of {@link TestRow}s. */
  public static void createTable(DataSource source, String table) throws SQLException {
    createTable(source, table, List.of(KV.of("id", "INT"), KV.of("name", "VARCHAR(500)")));
  }

  /** Makes a table with columns of the given names and types. */
  public static void createTable(DataSource source, String table, List<KV<String, String>> columns)
      throws SQLException {
    String definitions =
        columns.stream()
            .map(column -> column.getKey() + " " + column.getValue())
            .collect(Collectors.joining(", "));
    createTableWithStatement(source, "CREATE TABLE " + table + " (" + definitions + ")");
  }

  /** Makes a table as {@code statement} says. */
  public static void createTableWithStatement(DataSource source, String statement)
      throws SQLException {
    execute(source, statement);
  }

  /** Drops a table. */
  public static void deleteTable(DataSource source, String table) throws SQLException {
    execute(source, "DROP TABLE " + table);
  }

  /** Checks how many rows a table has. */
  public static void assertRowCount(DataSource source, String table, int expected)
      throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
      count.next();
      Assert.assertEquals(expected, count.getInt(1));
    }
  }

  private static void execute(DataSource source, String text) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }
}
