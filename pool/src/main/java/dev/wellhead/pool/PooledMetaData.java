package dev.wellhead.pool;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.RowIdLifetime;
import java.sql.SQLException;

/** The catalogue seen through a borrowed connection, so that {@link #getConnection()} leads back to it. */
final class PooledMetaData implements DatabaseMetaData {
    private final PooledConnection connection;
    private final DatabaseMetaData raw;

    PooledMetaData(PooledConnection connection, DatabaseMetaData raw) {
        this.connection = connection;
        this.raw = raw;
    }

    @Override
    public boolean allProceduresAreCallable() throws SQLException {
        return open().allProceduresAreCallable();
    }

    @Override
    public boolean allTablesAreSelectable() throws SQLException {
        return open().allTablesAreSelectable();
    }

    @Override
    public String getURL() throws SQLException {
        return open().getURL();
    }

    @Override
    public String getUserName() throws SQLException {
        return open().getUserName();
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        return open().isReadOnly();
    }

    @Override
    public boolean nullsAreSortedHigh() throws SQLException {
        return open().nullsAreSortedHigh();
    }

    @Override
    public boolean nullsAreSortedLow() throws SQLException {
        return open().nullsAreSortedLow();
    }

    @Override
    public boolean nullsAreSortedAtStart() throws SQLException {
        return open().nullsAreSortedAtStart();
    }

    @Override
    public boolean nullsAreSortedAtEnd() throws SQLException {
        return open().nullsAreSortedAtEnd();
    }

    @Override
    public String getDatabaseProductName() throws SQLException {
        return open().getDatabaseProductName();
    }

    @Override
    public String getDatabaseProductVersion() throws SQLException {
        return open().getDatabaseProductVersion();
    }

    @Override
    public String getDriverName() throws SQLException {
        return open().getDriverName();
    }

    @Override
    public String getDriverVersion() throws SQLException {
        return open().getDriverVersion();
    }

    @Override
    public int getDriverMajorVersion() {
        return raw.getDriverMajorVersion();
    }

    @Override
    public int getDriverMinorVersion() {
        return raw.getDriverMinorVersion();
    }

    @Override
    public boolean usesLocalFiles() throws SQLException {
        return open().usesLocalFiles();
    }

    @Override
    public boolean usesLocalFilePerTable() throws SQLException {
        return open().usesLocalFilePerTable();
    }

    @Override
    public boolean supportsMixedCaseIdentifiers() throws SQLException {
        return open().supportsMixedCaseIdentifiers();
    }

    @Override
    public boolean storesUpperCaseIdentifiers() throws SQLException {
        return open().storesUpperCaseIdentifiers();
    }

    @Override
    public boolean storesLowerCaseIdentifiers() throws SQLException {
        return open().storesLowerCaseIdentifiers();
    }

    @Override
    public boolean storesMixedCaseIdentifiers() throws SQLException {
        return open().storesMixedCaseIdentifiers();
    }

    @Override
    public boolean supportsMixedCaseQuotedIdentifiers() throws SQLException {
        return open().supportsMixedCaseQuotedIdentifiers();
    }

    @Override
    public boolean storesUpperCaseQuotedIdentifiers() throws SQLException {
        return open().storesUpperCaseQuotedIdentifiers();
    }

    @Override
    public boolean storesLowerCaseQuotedIdentifiers() throws SQLException {
        return open().storesLowerCaseQuotedIdentifiers();
    }

    @Override
    public boolean storesMixedCaseQuotedIdentifiers() throws SQLException {
        return open().storesMixedCaseQuotedIdentifiers();
    }

    @Override
    public String getIdentifierQuoteString() throws SQLException {
        return open().getIdentifierQuoteString();
    }

    @Override
    public String getSQLKeywords() throws SQLException {
        return open().getSQLKeywords();
    }

    @Override
    public String getNumericFunctions() throws SQLException {
        return open().getNumericFunctions();
    }

    @Override
    public String getStringFunctions() throws SQLException {
        return open().getStringFunctions();
    }

    @Override
    public String getSystemFunctions() throws SQLException {
        return open().getSystemFunctions();
    }

    @Override
    public String getTimeDateFunctions() throws SQLException {
        return open().getTimeDateFunctions();
    }

    @Override
    public String getSearchStringEscape() throws SQLException {
        return open().getSearchStringEscape();
    }

    @Override
    public String getExtraNameCharacters() throws SQLException {
        return open().getExtraNameCharacters();
    }

    @Override
    public boolean supportsAlterTableWithAddColumn() throws SQLException {
        return open().supportsAlterTableWithAddColumn();
    }

    @Override
    public boolean supportsAlterTableWithDropColumn() throws SQLException {
        return open().supportsAlterTableWithDropColumn();
    }

    @Override
    public boolean supportsColumnAliasing() throws SQLException {
        return open().supportsColumnAliasing();
    }

    @Override
    public boolean nullPlusNonNullIsNull() throws SQLException {
        return open().nullPlusNonNullIsNull();
    }

    @Override
    public boolean supportsConvert() throws SQLException {
        return open().supportsConvert();
    }

    @Override
    public boolean supportsConvert(int fromType, int toType) throws SQLException {
        return open().supportsConvert(fromType, toType);
    }

    @Override
    public boolean supportsTableCorrelationNames() throws SQLException {
        return open().supportsTableCorrelationNames();
    }

    @Override
    public boolean supportsDifferentTableCorrelationNames() throws SQLException {
        return open().supportsDifferentTableCorrelationNames();
    }

    @Override
    public boolean supportsExpressionsInOrderBy() throws SQLException {
        return open().supportsExpressionsInOrderBy();
    }

    @Override
    public boolean supportsOrderByUnrelated() throws SQLException {
        return open().supportsOrderByUnrelated();
    }

    @Override
    public boolean supportsGroupBy() throws SQLException {
        return open().supportsGroupBy();
    }

    @Override
    public boolean supportsGroupByUnrelated() throws SQLException {
        return open().supportsGroupByUnrelated();
    }

    @Override
    public boolean supportsGroupByBeyondSelect() throws SQLException {
        return open().supportsGroupByBeyondSelect();
    }

    @Override
    public boolean supportsLikeEscapeClause() throws SQLException {
        return open().supportsLikeEscapeClause();
    }

    @Override
    public boolean supportsMultipleResultSets() throws SQLException {
        return open().supportsMultipleResultSets();
    }

    @Override
    public boolean supportsMultipleTransactions() throws SQLException {
        return open().supportsMultipleTransactions();
    }

    @Override
    public boolean supportsNonNullableColumns() throws SQLException {
        return open().supportsNonNullableColumns();
    }

    @Override
    public boolean supportsMinimumSQLGrammar() throws SQLException {
        return open().supportsMinimumSQLGrammar();
    }

    @Override
    public boolean supportsCoreSQLGrammar() throws SQLException {
        return open().supportsCoreSQLGrammar();
    }

    @Override
    public boolean supportsExtendedSQLGrammar() throws SQLException {
        return open().supportsExtendedSQLGrammar();
    }

    @Override
    public boolean supportsANSI92EntryLevelSQL() throws SQLException {
        return open().supportsANSI92EntryLevelSQL();
    }

    @Override
    public boolean supportsANSI92IntermediateSQL() throws SQLException {
        return open().supportsANSI92IntermediateSQL();
    }

    @Override
    public boolean supportsANSI92FullSQL() throws SQLException {
        return open().supportsANSI92FullSQL();
    }

    @Override
    public boolean supportsIntegrityEnhancementFacility() throws SQLException {
        return open().supportsIntegrityEnhancementFacility();
    }

    @Override
    public boolean supportsOuterJoins() throws SQLException {
        return open().supportsOuterJoins();
    }

    @Override
    public boolean supportsFullOuterJoins() throws SQLException {
        return open().supportsFullOuterJoins();
    }

    @Override
    public boolean supportsLimitedOuterJoins() throws SQLException {
        return open().supportsLimitedOuterJoins();
    }

    @Override
    public String getSchemaTerm() throws SQLException {
        return open().getSchemaTerm();
    }

    @Override
    public String getProcedureTerm() throws SQLException {
        return open().getProcedureTerm();
    }

    @Override
    public String getCatalogTerm() throws SQLException {
        return open().getCatalogTerm();
    }

    @Override
    public boolean isCatalogAtStart() throws SQLException {
        return open().isCatalogAtStart();
    }

    @Override
    public String getCatalogSeparator() throws SQLException {
        return open().getCatalogSeparator();
    }

    @Override
    public boolean supportsSchemasInDataManipulation() throws SQLException {
        return open().supportsSchemasInDataManipulation();
    }

    @Override
    public boolean supportsSchemasInProcedureCalls() throws SQLException {
        return open().supportsSchemasInProcedureCalls();
    }

    @Override
    public boolean supportsSchemasInTableDefinitions() throws SQLException {
        return open().supportsSchemasInTableDefinitions();
    }

    @Override
    public boolean supportsSchemasInIndexDefinitions() throws SQLException {
        return open().supportsSchemasInIndexDefinitions();
    }

    @Override
    public boolean supportsSchemasInPrivilegeDefinitions() throws SQLException {
        return open().supportsSchemasInPrivilegeDefinitions();
    }

    @Override
    public boolean supportsCatalogsInDataManipulation() throws SQLException {
        return open().supportsCatalogsInDataManipulation();
    }

    @Override
    public boolean supportsCatalogsInProcedureCalls() throws SQLException {
        return open().supportsCatalogsInProcedureCalls();
    }

    @Override
    public boolean supportsCatalogsInTableDefinitions() throws SQLException {
        return open().supportsCatalogsInTableDefinitions();
    }

    @Override
    public boolean supportsCatalogsInIndexDefinitions() throws SQLException {
        return open().supportsCatalogsInIndexDefinitions();
    }

    @Override
    public boolean supportsCatalogsInPrivilegeDefinitions() throws SQLException {
        return open().supportsCatalogsInPrivilegeDefinitions();
    }

    @Override
    public boolean supportsPositionedDelete() throws SQLException {
        return open().supportsPositionedDelete();
    }

    @Override
    public boolean supportsPositionedUpdate() throws SQLException {
        return open().supportsPositionedUpdate();
    }

    @Override
    public boolean supportsSelectForUpdate() throws SQLException {
        return open().supportsSelectForUpdate();
    }

    @Override
    public boolean supportsStoredProcedures() throws SQLException {
        return open().supportsStoredProcedures();
    }

    @Override
    public boolean supportsSubqueriesInComparisons() throws SQLException {
        return open().supportsSubqueriesInComparisons();
    }

    @Override
    public boolean supportsSubqueriesInExists() throws SQLException {
        return open().supportsSubqueriesInExists();
    }

    @Override
    public boolean supportsSubqueriesInIns() throws SQLException {
        return open().supportsSubqueriesInIns();
    }

    @Override
    public boolean supportsSubqueriesInQuantifieds() throws SQLException {
        return open().supportsSubqueriesInQuantifieds();
    }

    @Override
    public boolean supportsCorrelatedSubqueries() throws SQLException {
        return open().supportsCorrelatedSubqueries();
    }

    @Override
    public boolean supportsUnion() throws SQLException {
        return open().supportsUnion();
    }

    @Override
    public boolean supportsUnionAll() throws SQLException {
        return open().supportsUnionAll();
    }

    @Override
    public boolean supportsOpenCursorsAcrossCommit() throws SQLException {
        return open().supportsOpenCursorsAcrossCommit();
    }

    @Override
    public boolean supportsOpenCursorsAcrossRollback() throws SQLException {
        return open().supportsOpenCursorsAcrossRollback();
    }

    @Override
    public boolean supportsOpenStatementsAcrossCommit() throws SQLException {
        return open().supportsOpenStatementsAcrossCommit();
    }

    @Override
    public boolean supportsOpenStatementsAcrossRollback() throws SQLException {
        return open().supportsOpenStatementsAcrossRollback();
    }

    @Override
    public int getMaxBinaryLiteralLength() throws SQLException {
        return open().getMaxBinaryLiteralLength();
    }

    @Override
    public int getMaxCharLiteralLength() throws SQLException {
        return open().getMaxCharLiteralLength();
    }

    @Override
    public int getMaxColumnNameLength() throws SQLException {
        return open().getMaxColumnNameLength();
    }

    @Override
    public int getMaxColumnsInGroupBy() throws SQLException {
        return open().getMaxColumnsInGroupBy();
    }

    @Override
    public int getMaxColumnsInIndex() throws SQLException {
        return open().getMaxColumnsInIndex();
    }

    @Override
    public int getMaxColumnsInOrderBy() throws SQLException {
        return open().getMaxColumnsInOrderBy();
    }

    @Override
    public int getMaxColumnsInSelect() throws SQLException {
        return open().getMaxColumnsInSelect();
    }

    @Override
    public int getMaxColumnsInTable() throws SQLException {
        return open().getMaxColumnsInTable();
    }

    @Override
    public int getMaxConnections() throws SQLException {
        return open().getMaxConnections();
    }

    @Override
    public int getMaxCursorNameLength() throws SQLException {
        return open().getMaxCursorNameLength();
    }

    @Override
    public int getMaxIndexLength() throws SQLException {
        return open().getMaxIndexLength();
    }

    @Override
    public int getMaxSchemaNameLength() throws SQLException {
        return open().getMaxSchemaNameLength();
    }

    @Override
    public int getMaxProcedureNameLength() throws SQLException {
        return open().getMaxProcedureNameLength();
    }

    @Override
    public int getMaxCatalogNameLength() throws SQLException {
        return open().getMaxCatalogNameLength();
    }

    @Override
    public int getMaxRowSize() throws SQLException {
        return open().getMaxRowSize();
    }

    @Override
    public boolean doesMaxRowSizeIncludeBlobs() throws SQLException {
        return open().doesMaxRowSizeIncludeBlobs();
    }

    @Override
    public int getMaxStatementLength() throws SQLException {
        return open().getMaxStatementLength();
    }

    @Override
    public int getMaxStatements() throws SQLException {
        return open().getMaxStatements();
    }

    @Override
    public int getMaxTableNameLength() throws SQLException {
        return open().getMaxTableNameLength();
    }

    @Override
    public int getMaxTablesInSelect() throws SQLException {
        return open().getMaxTablesInSelect();
    }

    @Override
    public int getMaxUserNameLength() throws SQLException {
        return open().getMaxUserNameLength();
    }

    @Override
    public int getDefaultTransactionIsolation() throws SQLException {
        return open().getDefaultTransactionIsolation();
    }

    @Override
    public boolean supportsTransactions() throws SQLException {
        return open().supportsTransactions();
    }

    @Override
    public boolean supportsTransactionIsolationLevel(int level) throws SQLException {
        return open().supportsTransactionIsolationLevel(level);
    }

    @Override
    public boolean supportsDataDefinitionAndDataManipulationTransactions() throws SQLException {
        return open().supportsDataDefinitionAndDataManipulationTransactions();
    }

    @Override
    public boolean supportsDataManipulationTransactionsOnly() throws SQLException {
        return open().supportsDataManipulationTransactionsOnly();
    }

    @Override
    public boolean dataDefinitionCausesTransactionCommit() throws SQLException {
        return open().dataDefinitionCausesTransactionCommit();
    }

    @Override
    public boolean dataDefinitionIgnoredInTransactions() throws SQLException {
        return open().dataDefinitionIgnoredInTransactions();
    }

    @Override
    public ResultSet getProcedures(String catalog, String schemaPattern, String procedureNamePattern)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getProcedures(catalog, schemaPattern, procedureNamePattern));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getProcedures(catalog, schemaPattern, procedureNamePattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getProcedureColumns(
            String catalog, String schemaPattern, String procedureNamePattern, String columnNamePattern)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getProcedureColumns(catalog, schemaPattern, procedureNamePattern, columnNamePattern));
        } catch (SQLException e) {
            return rows(connection.again(
                    e, () -> raw.getProcedureColumns(catalog, schemaPattern, procedureNamePattern, columnNamePattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getTables(String catalog, String schemaPattern, String tableNamePattern, String[] types)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getTables(catalog, schemaPattern, tableNamePattern, types));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getTables(catalog, schemaPattern, tableNamePattern, types)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getSchemas() throws SQLException {
        connection.enter();
        try {
            return rows(raw.getSchemas());
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getSchemas()));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getCatalogs() throws SQLException {
        connection.enter();
        try {
            return rows(raw.getCatalogs());
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getCatalogs()));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getTableTypes() throws SQLException {
        connection.enter();
        try {
            return rows(raw.getTableTypes());
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getTableTypes()));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getColumns(String catalog, String schemaPattern, String tableNamePattern, String columnNamePattern)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern));
        } catch (SQLException e) {
            return rows(connection.again(
                    e, () -> raw.getColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getColumnPrivileges(String catalog, String schema, String table, String columnNamePattern)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getColumnPrivileges(catalog, schema, table, columnNamePattern));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getColumnPrivileges(catalog, schema, table, columnNamePattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getTablePrivileges(String catalog, String schemaPattern, String tableNamePattern)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getTablePrivileges(catalog, schemaPattern, tableNamePattern));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getTablePrivileges(catalog, schemaPattern, tableNamePattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getBestRowIdentifier(String catalog, String schema, String table, int scope, boolean nullable)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getBestRowIdentifier(catalog, schema, table, scope, nullable));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getBestRowIdentifier(catalog, schema, table, scope, nullable)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getVersionColumns(String catalog, String schema, String table) throws SQLException {
        connection.enter();
        try {
            return rows(raw.getVersionColumns(catalog, schema, table));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getVersionColumns(catalog, schema, table)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getPrimaryKeys(String catalog, String schema, String table) throws SQLException {
        connection.enter();
        try {
            return rows(raw.getPrimaryKeys(catalog, schema, table));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getPrimaryKeys(catalog, schema, table)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getImportedKeys(String catalog, String schema, String table) throws SQLException {
        connection.enter();
        try {
            return rows(raw.getImportedKeys(catalog, schema, table));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getImportedKeys(catalog, schema, table)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getExportedKeys(String catalog, String schema, String table) throws SQLException {
        connection.enter();
        try {
            return rows(raw.getExportedKeys(catalog, schema, table));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getExportedKeys(catalog, schema, table)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getCrossReference(
            String parentCatalog,
            String parentSchema,
            String parentTable,
            String foreignCatalog,
            String foreignSchema,
            String foreignTable)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getCrossReference(
                    parentCatalog, parentSchema, parentTable, foreignCatalog, foreignSchema, foreignTable));
        } catch (SQLException e) {
            return rows(connection.again(
                    e,
                    () -> raw.getCrossReference(
                            parentCatalog, parentSchema, parentTable, foreignCatalog, foreignSchema, foreignTable)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getTypeInfo() throws SQLException {
        connection.enter();
        try {
            return rows(raw.getTypeInfo());
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getTypeInfo()));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getIndexInfo(String catalog, String schema, String table, boolean unique, boolean approximate)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getIndexInfo(catalog, schema, table, unique, approximate));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getIndexInfo(catalog, schema, table, unique, approximate)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public boolean supportsResultSetType(int type) throws SQLException {
        return open().supportsResultSetType(type);
    }

    @Override
    public boolean supportsResultSetConcurrency(int type, int concurrency) throws SQLException {
        return open().supportsResultSetConcurrency(type, concurrency);
    }

    @Override
    public boolean ownUpdatesAreVisible(int type) throws SQLException {
        return open().ownUpdatesAreVisible(type);
    }

    @Override
    public boolean ownDeletesAreVisible(int type) throws SQLException {
        return open().ownDeletesAreVisible(type);
    }

    @Override
    public boolean ownInsertsAreVisible(int type) throws SQLException {
        return open().ownInsertsAreVisible(type);
    }

    @Override
    public boolean othersUpdatesAreVisible(int type) throws SQLException {
        return open().othersUpdatesAreVisible(type);
    }

    @Override
    public boolean othersDeletesAreVisible(int type) throws SQLException {
        return open().othersDeletesAreVisible(type);
    }

    @Override
    public boolean othersInsertsAreVisible(int type) throws SQLException {
        return open().othersInsertsAreVisible(type);
    }

    @Override
    public boolean updatesAreDetected(int type) throws SQLException {
        return open().updatesAreDetected(type);
    }

    @Override
    public boolean deletesAreDetected(int type) throws SQLException {
        return open().deletesAreDetected(type);
    }

    @Override
    public boolean insertsAreDetected(int type) throws SQLException {
        return open().insertsAreDetected(type);
    }

    @Override
    public boolean supportsBatchUpdates() throws SQLException {
        return open().supportsBatchUpdates();
    }

    @Override
    public ResultSet getUDTs(String catalog, String schemaPattern, String typeNamePattern, int[] types)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getUDTs(catalog, schemaPattern, typeNamePattern, types));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getUDTs(catalog, schemaPattern, typeNamePattern, types)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        connection.check();
        return connection;
    }

    @Override
    public boolean supportsSavepoints() throws SQLException {
        return open().supportsSavepoints();
    }

    @Override
    public boolean supportsNamedParameters() throws SQLException {
        return open().supportsNamedParameters();
    }

    @Override
    public boolean supportsMultipleOpenResults() throws SQLException {
        return open().supportsMultipleOpenResults();
    }

    @Override
    public boolean supportsGetGeneratedKeys() throws SQLException {
        return open().supportsGetGeneratedKeys();
    }

    @Override
    public ResultSet getSuperTypes(String catalog, String schemaPattern, String typeNamePattern) throws SQLException {
        connection.enter();
        try {
            return rows(raw.getSuperTypes(catalog, schemaPattern, typeNamePattern));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getSuperTypes(catalog, schemaPattern, typeNamePattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getSuperTables(String catalog, String schemaPattern, String tableNamePattern) throws SQLException {
        connection.enter();
        try {
            return rows(raw.getSuperTables(catalog, schemaPattern, tableNamePattern));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getSuperTables(catalog, schemaPattern, tableNamePattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getAttributes(
            String catalog, String schemaPattern, String typeNamePattern, String attributeNamePattern)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getAttributes(catalog, schemaPattern, typeNamePattern, attributeNamePattern));
        } catch (SQLException e) {
            return rows(connection.again(
                    e, () -> raw.getAttributes(catalog, schemaPattern, typeNamePattern, attributeNamePattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public boolean supportsResultSetHoldability(int holdability) throws SQLException {
        return open().supportsResultSetHoldability(holdability);
    }

    @Override
    public int getResultSetHoldability() throws SQLException {
        return open().getResultSetHoldability();
    }

    @Override
    public int getDatabaseMajorVersion() throws SQLException {
        return open().getDatabaseMajorVersion();
    }

    @Override
    public int getDatabaseMinorVersion() throws SQLException {
        return open().getDatabaseMinorVersion();
    }

    @Override
    public int getJDBCMajorVersion() throws SQLException {
        return open().getJDBCMajorVersion();
    }

    @Override
    public int getJDBCMinorVersion() throws SQLException {
        return open().getJDBCMinorVersion();
    }

    @Override
    public int getSQLStateType() throws SQLException {
        return open().getSQLStateType();
    }

    @Override
    public boolean locatorsUpdateCopy() throws SQLException {
        return open().locatorsUpdateCopy();
    }

    @Override
    public boolean supportsStatementPooling() throws SQLException {
        return open().supportsStatementPooling();
    }

    @Override
    public RowIdLifetime getRowIdLifetime() throws SQLException {
        return open().getRowIdLifetime();
    }

    @Override
    public ResultSet getSchemas(String catalog, String schemaPattern) throws SQLException {
        connection.enter();
        try {
            return rows(raw.getSchemas(catalog, schemaPattern));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getSchemas(catalog, schemaPattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public boolean supportsStoredFunctionsUsingCallSyntax() throws SQLException {
        return open().supportsStoredFunctionsUsingCallSyntax();
    }

    @Override
    public boolean autoCommitFailureClosesAllResultSets() throws SQLException {
        return open().autoCommitFailureClosesAllResultSets();
    }

    @Override
    public ResultSet getClientInfoProperties() throws SQLException {
        connection.enter();
        try {
            return rows(raw.getClientInfoProperties());
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getClientInfoProperties()));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getFunctions(String catalog, String schemaPattern, String functionNamePattern)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getFunctions(catalog, schemaPattern, functionNamePattern));
        } catch (SQLException e) {
            return rows(connection.again(e, () -> raw.getFunctions(catalog, schemaPattern, functionNamePattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getFunctionColumns(
            String catalog, String schemaPattern, String functionNamePattern, String columnNamePattern)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getFunctionColumns(catalog, schemaPattern, functionNamePattern, columnNamePattern));
        } catch (SQLException e) {
            return rows(connection.again(
                    e, () -> raw.getFunctionColumns(catalog, schemaPattern, functionNamePattern, columnNamePattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public ResultSet getPseudoColumns(
            String catalog, String schemaPattern, String tableNamePattern, String columnNamePattern)
            throws SQLException {
        connection.enter();
        try {
            return rows(raw.getPseudoColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern));
        } catch (SQLException e) {
            return rows(connection.again(
                    e, () -> raw.getPseudoColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern)));
        } finally {
            connection.exit();
        }
    }

    @Override
    public boolean generatedKeyAlwaysReturned() throws SQLException {
        return open().generatedKeyAlwaysReturned();
    }

    @Override
    public long getMaxLogicalLobSize() throws SQLException {
        return open().getMaxLogicalLobSize();
    }

    @Override
    public boolean supportsRefCursors() throws SQLException {
        return open().supportsRefCursors();
    }

    @Override
    public boolean supportsSharding() throws SQLException {
        return open().supportsSharding();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        DatabaseMetaData below = open();
        // It leads to the driver's connection.
        connection.changing(SessionState.SQL_TRANSACTION);
        return type.isInstance(below) ? type.cast(below) : below.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        DatabaseMetaData below = open();
        return type.isInstance(this) || type.isInstance(below) || below.isWrapperFor(type);
    }

    private DatabaseMetaData open() throws SQLException {
        connection.check();
        return raw;
    }

    private ResultSet rows(ResultSet rows) {
        return connection.track(new PooledResultSet(connection, null, rows));
    }
}
