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

    @FunctionalInterface
    private interface Question<T> {
        T to(DatabaseMetaData below) throws SQLException;
    }

    PooledMetaData(PooledConnection connection, DatabaseMetaData raw) {
        this.connection = connection;
        this.raw = raw;
    }

    @Override
    public boolean allProceduresAreCallable() throws SQLException {
        return ask(DatabaseMetaData::allProceduresAreCallable);
    }

    @Override
    public boolean allTablesAreSelectable() throws SQLException {
        return ask(DatabaseMetaData::allTablesAreSelectable);
    }

    @Override
    public String getURL() throws SQLException {
        return ask(DatabaseMetaData::getURL);
    }

    @Override
    public String getUserName() throws SQLException {
        return ask(DatabaseMetaData::getUserName);
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        return ask(DatabaseMetaData::isReadOnly);
    }

    @Override
    public boolean nullsAreSortedHigh() throws SQLException {
        return ask(DatabaseMetaData::nullsAreSortedHigh);
    }

    @Override
    public boolean nullsAreSortedLow() throws SQLException {
        return ask(DatabaseMetaData::nullsAreSortedLow);
    }

    @Override
    public boolean nullsAreSortedAtStart() throws SQLException {
        return ask(DatabaseMetaData::nullsAreSortedAtStart);
    }

    @Override
    public boolean nullsAreSortedAtEnd() throws SQLException {
        return ask(DatabaseMetaData::nullsAreSortedAtEnd);
    }

    @Override
    public String getDatabaseProductName() throws SQLException {
        return ask(DatabaseMetaData::getDatabaseProductName);
    }

    @Override
    public String getDatabaseProductVersion() throws SQLException {
        return ask(DatabaseMetaData::getDatabaseProductVersion);
    }

    @Override
    public String getDriverName() throws SQLException {
        return ask(DatabaseMetaData::getDriverName);
    }

    @Override
    public String getDriverVersion() throws SQLException {
        return ask(DatabaseMetaData::getDriverVersion);
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
        return ask(DatabaseMetaData::usesLocalFiles);
    }

    @Override
    public boolean usesLocalFilePerTable() throws SQLException {
        return ask(DatabaseMetaData::usesLocalFilePerTable);
    }

    @Override
    public boolean supportsMixedCaseIdentifiers() throws SQLException {
        return ask(DatabaseMetaData::supportsMixedCaseIdentifiers);
    }

    @Override
    public boolean storesUpperCaseIdentifiers() throws SQLException {
        return ask(DatabaseMetaData::storesUpperCaseIdentifiers);
    }

    @Override
    public boolean storesLowerCaseIdentifiers() throws SQLException {
        return ask(DatabaseMetaData::storesLowerCaseIdentifiers);
    }

    @Override
    public boolean storesMixedCaseIdentifiers() throws SQLException {
        return ask(DatabaseMetaData::storesMixedCaseIdentifiers);
    }

    @Override
    public boolean supportsMixedCaseQuotedIdentifiers() throws SQLException {
        return ask(DatabaseMetaData::supportsMixedCaseQuotedIdentifiers);
    }

    @Override
    public boolean storesUpperCaseQuotedIdentifiers() throws SQLException {
        return ask(DatabaseMetaData::storesUpperCaseQuotedIdentifiers);
    }

    @Override
    public boolean storesLowerCaseQuotedIdentifiers() throws SQLException {
        return ask(DatabaseMetaData::storesLowerCaseQuotedIdentifiers);
    }

    @Override
    public boolean storesMixedCaseQuotedIdentifiers() throws SQLException {
        return ask(DatabaseMetaData::storesMixedCaseQuotedIdentifiers);
    }

    @Override
    public String getIdentifierQuoteString() throws SQLException {
        return ask(DatabaseMetaData::getIdentifierQuoteString);
    }

    @Override
    public String getSQLKeywords() throws SQLException {
        return ask(DatabaseMetaData::getSQLKeywords);
    }

    @Override
    public String getNumericFunctions() throws SQLException {
        return ask(DatabaseMetaData::getNumericFunctions);
    }

    @Override
    public String getStringFunctions() throws SQLException {
        return ask(DatabaseMetaData::getStringFunctions);
    }

    @Override
    public String getSystemFunctions() throws SQLException {
        return ask(DatabaseMetaData::getSystemFunctions);
    }

    @Override
    public String getTimeDateFunctions() throws SQLException {
        return ask(DatabaseMetaData::getTimeDateFunctions);
    }

    @Override
    public String getSearchStringEscape() throws SQLException {
        return ask(DatabaseMetaData::getSearchStringEscape);
    }

    @Override
    public String getExtraNameCharacters() throws SQLException {
        return ask(DatabaseMetaData::getExtraNameCharacters);
    }

    @Override
    public boolean supportsAlterTableWithAddColumn() throws SQLException {
        return ask(DatabaseMetaData::supportsAlterTableWithAddColumn);
    }

    @Override
    public boolean supportsAlterTableWithDropColumn() throws SQLException {
        return ask(DatabaseMetaData::supportsAlterTableWithDropColumn);
    }

    @Override
    public boolean supportsColumnAliasing() throws SQLException {
        return ask(DatabaseMetaData::supportsColumnAliasing);
    }

    @Override
    public boolean nullPlusNonNullIsNull() throws SQLException {
        return ask(DatabaseMetaData::nullPlusNonNullIsNull);
    }

    @Override
    public boolean supportsConvert() throws SQLException {
        return ask(DatabaseMetaData::supportsConvert);
    }

    @Override
    public boolean supportsConvert(int fromType, int toType) throws SQLException {
        return ask(below -> below.supportsConvert(fromType, toType));
    }

    @Override
    public boolean supportsTableCorrelationNames() throws SQLException {
        return ask(DatabaseMetaData::supportsTableCorrelationNames);
    }

    @Override
    public boolean supportsDifferentTableCorrelationNames() throws SQLException {
        return ask(DatabaseMetaData::supportsDifferentTableCorrelationNames);
    }

    @Override
    public boolean supportsExpressionsInOrderBy() throws SQLException {
        return ask(DatabaseMetaData::supportsExpressionsInOrderBy);
    }

    @Override
    public boolean supportsOrderByUnrelated() throws SQLException {
        return ask(DatabaseMetaData::supportsOrderByUnrelated);
    }

    @Override
    public boolean supportsGroupBy() throws SQLException {
        return ask(DatabaseMetaData::supportsGroupBy);
    }

    @Override
    public boolean supportsGroupByUnrelated() throws SQLException {
        return ask(DatabaseMetaData::supportsGroupByUnrelated);
    }

    @Override
    public boolean supportsGroupByBeyondSelect() throws SQLException {
        return ask(DatabaseMetaData::supportsGroupByBeyondSelect);
    }

    @Override
    public boolean supportsLikeEscapeClause() throws SQLException {
        return ask(DatabaseMetaData::supportsLikeEscapeClause);
    }

    @Override
    public boolean supportsMultipleResultSets() throws SQLException {
        return ask(DatabaseMetaData::supportsMultipleResultSets);
    }

    @Override
    public boolean supportsMultipleTransactions() throws SQLException {
        return ask(DatabaseMetaData::supportsMultipleTransactions);
    }

    @Override
    public boolean supportsNonNullableColumns() throws SQLException {
        return ask(DatabaseMetaData::supportsNonNullableColumns);
    }

    @Override
    public boolean supportsMinimumSQLGrammar() throws SQLException {
        return ask(DatabaseMetaData::supportsMinimumSQLGrammar);
    }

    @Override
    public boolean supportsCoreSQLGrammar() throws SQLException {
        return ask(DatabaseMetaData::supportsCoreSQLGrammar);
    }

    @Override
    public boolean supportsExtendedSQLGrammar() throws SQLException {
        return ask(DatabaseMetaData::supportsExtendedSQLGrammar);
    }

    @Override
    public boolean supportsANSI92EntryLevelSQL() throws SQLException {
        return ask(DatabaseMetaData::supportsANSI92EntryLevelSQL);
    }

    @Override
    public boolean supportsANSI92IntermediateSQL() throws SQLException {
        return ask(DatabaseMetaData::supportsANSI92IntermediateSQL);
    }

    @Override
    public boolean supportsANSI92FullSQL() throws SQLException {
        return ask(DatabaseMetaData::supportsANSI92FullSQL);
    }

    @Override
    public boolean supportsIntegrityEnhancementFacility() throws SQLException {
        return ask(DatabaseMetaData::supportsIntegrityEnhancementFacility);
    }

    @Override
    public boolean supportsOuterJoins() throws SQLException {
        return ask(DatabaseMetaData::supportsOuterJoins);
    }

    @Override
    public boolean supportsFullOuterJoins() throws SQLException {
        return ask(DatabaseMetaData::supportsFullOuterJoins);
    }

    @Override
    public boolean supportsLimitedOuterJoins() throws SQLException {
        return ask(DatabaseMetaData::supportsLimitedOuterJoins);
    }

    @Override
    public String getSchemaTerm() throws SQLException {
        return ask(DatabaseMetaData::getSchemaTerm);
    }

    @Override
    public String getProcedureTerm() throws SQLException {
        return ask(DatabaseMetaData::getProcedureTerm);
    }

    @Override
    public String getCatalogTerm() throws SQLException {
        return ask(DatabaseMetaData::getCatalogTerm);
    }

    @Override
    public boolean isCatalogAtStart() throws SQLException {
        return ask(DatabaseMetaData::isCatalogAtStart);
    }

    @Override
    public String getCatalogSeparator() throws SQLException {
        return ask(DatabaseMetaData::getCatalogSeparator);
    }

    @Override
    public boolean supportsSchemasInDataManipulation() throws SQLException {
        return ask(DatabaseMetaData::supportsSchemasInDataManipulation);
    }

    @Override
    public boolean supportsSchemasInProcedureCalls() throws SQLException {
        return ask(DatabaseMetaData::supportsSchemasInProcedureCalls);
    }

    @Override
    public boolean supportsSchemasInTableDefinitions() throws SQLException {
        return ask(DatabaseMetaData::supportsSchemasInTableDefinitions);
    }

    @Override
    public boolean supportsSchemasInIndexDefinitions() throws SQLException {
        return ask(DatabaseMetaData::supportsSchemasInIndexDefinitions);
    }

    @Override
    public boolean supportsSchemasInPrivilegeDefinitions() throws SQLException {
        return ask(DatabaseMetaData::supportsSchemasInPrivilegeDefinitions);
    }

    @Override
    public boolean supportsCatalogsInDataManipulation() throws SQLException {
        return ask(DatabaseMetaData::supportsCatalogsInDataManipulation);
    }

    @Override
    public boolean supportsCatalogsInProcedureCalls() throws SQLException {
        return ask(DatabaseMetaData::supportsCatalogsInProcedureCalls);
    }

    @Override
    public boolean supportsCatalogsInTableDefinitions() throws SQLException {
        return ask(DatabaseMetaData::supportsCatalogsInTableDefinitions);
    }

    @Override
    public boolean supportsCatalogsInIndexDefinitions() throws SQLException {
        return ask(DatabaseMetaData::supportsCatalogsInIndexDefinitions);
    }

    @Override
    public boolean supportsCatalogsInPrivilegeDefinitions() throws SQLException {
        return ask(DatabaseMetaData::supportsCatalogsInPrivilegeDefinitions);
    }

    @Override
    public boolean supportsPositionedDelete() throws SQLException {
        return ask(DatabaseMetaData::supportsPositionedDelete);
    }

    @Override
    public boolean supportsPositionedUpdate() throws SQLException {
        return ask(DatabaseMetaData::supportsPositionedUpdate);
    }

    @Override
    public boolean supportsSelectForUpdate() throws SQLException {
        return ask(DatabaseMetaData::supportsSelectForUpdate);
    }

    @Override
    public boolean supportsStoredProcedures() throws SQLException {
        return ask(DatabaseMetaData::supportsStoredProcedures);
    }

    @Override
    public boolean supportsSubqueriesInComparisons() throws SQLException {
        return ask(DatabaseMetaData::supportsSubqueriesInComparisons);
    }

    @Override
    public boolean supportsSubqueriesInExists() throws SQLException {
        return ask(DatabaseMetaData::supportsSubqueriesInExists);
    }

    @Override
    public boolean supportsSubqueriesInIns() throws SQLException {
        return ask(DatabaseMetaData::supportsSubqueriesInIns);
    }

    @Override
    public boolean supportsSubqueriesInQuantifieds() throws SQLException {
        return ask(DatabaseMetaData::supportsSubqueriesInQuantifieds);
    }

    @Override
    public boolean supportsCorrelatedSubqueries() throws SQLException {
        return ask(DatabaseMetaData::supportsCorrelatedSubqueries);
    }

    @Override
    public boolean supportsUnion() throws SQLException {
        return ask(DatabaseMetaData::supportsUnion);
    }

    @Override
    public boolean supportsUnionAll() throws SQLException {
        return ask(DatabaseMetaData::supportsUnionAll);
    }

    @Override
    public boolean supportsOpenCursorsAcrossCommit() throws SQLException {
        return ask(DatabaseMetaData::supportsOpenCursorsAcrossCommit);
    }

    @Override
    public boolean supportsOpenCursorsAcrossRollback() throws SQLException {
        return ask(DatabaseMetaData::supportsOpenCursorsAcrossRollback);
    }

    @Override
    public boolean supportsOpenStatementsAcrossCommit() throws SQLException {
        return ask(DatabaseMetaData::supportsOpenStatementsAcrossCommit);
    }

    @Override
    public boolean supportsOpenStatementsAcrossRollback() throws SQLException {
        return ask(DatabaseMetaData::supportsOpenStatementsAcrossRollback);
    }

    @Override
    public int getMaxBinaryLiteralLength() throws SQLException {
        return ask(DatabaseMetaData::getMaxBinaryLiteralLength);
    }

    @Override
    public int getMaxCharLiteralLength() throws SQLException {
        return ask(DatabaseMetaData::getMaxCharLiteralLength);
    }

    @Override
    public int getMaxColumnNameLength() throws SQLException {
        return ask(DatabaseMetaData::getMaxColumnNameLength);
    }

    @Override
    public int getMaxColumnsInGroupBy() throws SQLException {
        return ask(DatabaseMetaData::getMaxColumnsInGroupBy);
    }

    @Override
    public int getMaxColumnsInIndex() throws SQLException {
        return ask(DatabaseMetaData::getMaxColumnsInIndex);
    }

    @Override
    public int getMaxColumnsInOrderBy() throws SQLException {
        return ask(DatabaseMetaData::getMaxColumnsInOrderBy);
    }

    @Override
    public int getMaxColumnsInSelect() throws SQLException {
        return ask(DatabaseMetaData::getMaxColumnsInSelect);
    }

    @Override
    public int getMaxColumnsInTable() throws SQLException {
        return ask(DatabaseMetaData::getMaxColumnsInTable);
    }

    @Override
    public int getMaxConnections() throws SQLException {
        return ask(DatabaseMetaData::getMaxConnections);
    }

    @Override
    public int getMaxCursorNameLength() throws SQLException {
        return ask(DatabaseMetaData::getMaxCursorNameLength);
    }

    @Override
    public int getMaxIndexLength() throws SQLException {
        return ask(DatabaseMetaData::getMaxIndexLength);
    }

    @Override
    public int getMaxSchemaNameLength() throws SQLException {
        return ask(DatabaseMetaData::getMaxSchemaNameLength);
    }

    @Override
    public int getMaxProcedureNameLength() throws SQLException {
        return ask(DatabaseMetaData::getMaxProcedureNameLength);
    }

    @Override
    public int getMaxCatalogNameLength() throws SQLException {
        return ask(DatabaseMetaData::getMaxCatalogNameLength);
    }

    @Override
    public int getMaxRowSize() throws SQLException {
        return ask(DatabaseMetaData::getMaxRowSize);
    }

    @Override
    public boolean doesMaxRowSizeIncludeBlobs() throws SQLException {
        return ask(DatabaseMetaData::doesMaxRowSizeIncludeBlobs);
    }

    @Override
    public int getMaxStatementLength() throws SQLException {
        return ask(DatabaseMetaData::getMaxStatementLength);
    }

    @Override
    public int getMaxStatements() throws SQLException {
        return ask(DatabaseMetaData::getMaxStatements);
    }

    @Override
    public int getMaxTableNameLength() throws SQLException {
        return ask(DatabaseMetaData::getMaxTableNameLength);
    }

    @Override
    public int getMaxTablesInSelect() throws SQLException {
        return ask(DatabaseMetaData::getMaxTablesInSelect);
    }

    @Override
    public int getMaxUserNameLength() throws SQLException {
        return ask(DatabaseMetaData::getMaxUserNameLength);
    }

    @Override
    public int getDefaultTransactionIsolation() throws SQLException {
        return ask(DatabaseMetaData::getDefaultTransactionIsolation);
    }

    @Override
    public boolean supportsTransactions() throws SQLException {
        return ask(DatabaseMetaData::supportsTransactions);
    }

    @Override
    public boolean supportsTransactionIsolationLevel(int level) throws SQLException {
        return ask(below -> below.supportsTransactionIsolationLevel(level));
    }

    @Override
    public boolean supportsDataDefinitionAndDataManipulationTransactions() throws SQLException {
        return ask(DatabaseMetaData::supportsDataDefinitionAndDataManipulationTransactions);
    }

    @Override
    public boolean supportsDataManipulationTransactionsOnly() throws SQLException {
        return ask(DatabaseMetaData::supportsDataManipulationTransactionsOnly);
    }

    @Override
    public boolean dataDefinitionCausesTransactionCommit() throws SQLException {
        return ask(DatabaseMetaData::dataDefinitionCausesTransactionCommit);
    }

    @Override
    public boolean dataDefinitionIgnoredInTransactions() throws SQLException {
        return ask(DatabaseMetaData::dataDefinitionIgnoredInTransactions);
    }

    @Override
    public ResultSet getProcedures(String catalog, String schemaPattern, String procedureNamePattern)
            throws SQLException {
        return rows(below -> below.getProcedures(catalog, schemaPattern, procedureNamePattern));
    }

    @Override
    public ResultSet getProcedureColumns(
            String catalog, String schemaPattern, String procedureNamePattern, String columnNamePattern)
            throws SQLException {
        return rows(
                below -> below.getProcedureColumns(catalog, schemaPattern, procedureNamePattern, columnNamePattern));
    }

    @Override
    public ResultSet getTables(String catalog, String schemaPattern, String tableNamePattern, String[] types)
            throws SQLException {
        return rows(below -> below.getTables(catalog, schemaPattern, tableNamePattern, types));
    }

    @Override
    public ResultSet getSchemas() throws SQLException {
        return rows(DatabaseMetaData::getSchemas);
    }

    @Override
    public ResultSet getCatalogs() throws SQLException {
        return rows(DatabaseMetaData::getCatalogs);
    }

    @Override
    public ResultSet getTableTypes() throws SQLException {
        return rows(DatabaseMetaData::getTableTypes);
    }

    @Override
    public ResultSet getColumns(String catalog, String schemaPattern, String tableNamePattern, String columnNamePattern)
            throws SQLException {
        return rows(below -> below.getColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern));
    }

    @Override
    public ResultSet getColumnPrivileges(String catalog, String schema, String table, String columnNamePattern)
            throws SQLException {
        return rows(below -> below.getColumnPrivileges(catalog, schema, table, columnNamePattern));
    }

    @Override
    public ResultSet getTablePrivileges(String catalog, String schemaPattern, String tableNamePattern)
            throws SQLException {
        return rows(below -> below.getTablePrivileges(catalog, schemaPattern, tableNamePattern));
    }

    @Override
    public ResultSet getBestRowIdentifier(String catalog, String schema, String table, int scope, boolean nullable)
            throws SQLException {
        return rows(below -> below.getBestRowIdentifier(catalog, schema, table, scope, nullable));
    }

    @Override
    public ResultSet getVersionColumns(String catalog, String schema, String table) throws SQLException {
        return rows(below -> below.getVersionColumns(catalog, schema, table));
    }

    @Override
    public ResultSet getPrimaryKeys(String catalog, String schema, String table) throws SQLException {
        return rows(below -> below.getPrimaryKeys(catalog, schema, table));
    }

    @Override
    public ResultSet getImportedKeys(String catalog, String schema, String table) throws SQLException {
        return rows(below -> below.getImportedKeys(catalog, schema, table));
    }

    @Override
    public ResultSet getExportedKeys(String catalog, String schema, String table) throws SQLException {
        return rows(below -> below.getExportedKeys(catalog, schema, table));
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
        return rows(below -> below.getCrossReference(
                parentCatalog, parentSchema, parentTable, foreignCatalog, foreignSchema, foreignTable));
    }

    @Override
    public ResultSet getTypeInfo() throws SQLException {
        return rows(DatabaseMetaData::getTypeInfo);
    }

    @Override
    public ResultSet getIndexInfo(String catalog, String schema, String table, boolean unique, boolean approximate)
            throws SQLException {
        return rows(below -> below.getIndexInfo(catalog, schema, table, unique, approximate));
    }

    @Override
    public boolean supportsResultSetType(int type) throws SQLException {
        return ask(below -> below.supportsResultSetType(type));
    }

    @Override
    public boolean supportsResultSetConcurrency(int type, int concurrency) throws SQLException {
        return ask(below -> below.supportsResultSetConcurrency(type, concurrency));
    }

    @Override
    public boolean ownUpdatesAreVisible(int type) throws SQLException {
        return ask(below -> below.ownUpdatesAreVisible(type));
    }

    @Override
    public boolean ownDeletesAreVisible(int type) throws SQLException {
        return ask(below -> below.ownDeletesAreVisible(type));
    }

    @Override
    public boolean ownInsertsAreVisible(int type) throws SQLException {
        return ask(below -> below.ownInsertsAreVisible(type));
    }

    @Override
    public boolean othersUpdatesAreVisible(int type) throws SQLException {
        return ask(below -> below.othersUpdatesAreVisible(type));
    }

    @Override
    public boolean othersDeletesAreVisible(int type) throws SQLException {
        return ask(below -> below.othersDeletesAreVisible(type));
    }

    @Override
    public boolean othersInsertsAreVisible(int type) throws SQLException {
        return ask(below -> below.othersInsertsAreVisible(type));
    }

    @Override
    public boolean updatesAreDetected(int type) throws SQLException {
        return ask(below -> below.updatesAreDetected(type));
    }

    @Override
    public boolean deletesAreDetected(int type) throws SQLException {
        return ask(below -> below.deletesAreDetected(type));
    }

    @Override
    public boolean insertsAreDetected(int type) throws SQLException {
        return ask(below -> below.insertsAreDetected(type));
    }

    @Override
    public boolean supportsBatchUpdates() throws SQLException {
        return ask(DatabaseMetaData::supportsBatchUpdates);
    }

    @Override
    public ResultSet getUDTs(String catalog, String schemaPattern, String typeNamePattern, int[] types)
            throws SQLException {
        return rows(below -> below.getUDTs(catalog, schemaPattern, typeNamePattern, types));
    }

    @Override
    public Connection getConnection() throws SQLException {
        connection.check();
        return connection;
    }

    @Override
    public boolean supportsSavepoints() throws SQLException {
        return ask(DatabaseMetaData::supportsSavepoints);
    }

    @Override
    public boolean supportsNamedParameters() throws SQLException {
        return ask(DatabaseMetaData::supportsNamedParameters);
    }

    @Override
    public boolean supportsMultipleOpenResults() throws SQLException {
        return ask(DatabaseMetaData::supportsMultipleOpenResults);
    }

    @Override
    public boolean supportsGetGeneratedKeys() throws SQLException {
        return ask(DatabaseMetaData::supportsGetGeneratedKeys);
    }

    @Override
    public ResultSet getSuperTypes(String catalog, String schemaPattern, String typeNamePattern) throws SQLException {
        return rows(below -> below.getSuperTypes(catalog, schemaPattern, typeNamePattern));
    }

    @Override
    public ResultSet getSuperTables(String catalog, String schemaPattern, String tableNamePattern) throws SQLException {
        return rows(below -> below.getSuperTables(catalog, schemaPattern, tableNamePattern));
    }

    @Override
    public ResultSet getAttributes(
            String catalog, String schemaPattern, String typeNamePattern, String attributeNamePattern)
            throws SQLException {
        return rows(below -> below.getAttributes(catalog, schemaPattern, typeNamePattern, attributeNamePattern));
    }

    @Override
    public boolean supportsResultSetHoldability(int holdability) throws SQLException {
        return ask(below -> below.supportsResultSetHoldability(holdability));
    }

    @Override
    public int getResultSetHoldability() throws SQLException {
        return ask(DatabaseMetaData::getResultSetHoldability);
    }

    @Override
    public int getDatabaseMajorVersion() throws SQLException {
        return ask(DatabaseMetaData::getDatabaseMajorVersion);
    }

    @Override
    public int getDatabaseMinorVersion() throws SQLException {
        return ask(DatabaseMetaData::getDatabaseMinorVersion);
    }

    @Override
    public int getJDBCMajorVersion() throws SQLException {
        return ask(DatabaseMetaData::getJDBCMajorVersion);
    }

    @Override
    public int getJDBCMinorVersion() throws SQLException {
        return ask(DatabaseMetaData::getJDBCMinorVersion);
    }

    @Override
    public int getSQLStateType() throws SQLException {
        return ask(DatabaseMetaData::getSQLStateType);
    }

    @Override
    public boolean locatorsUpdateCopy() throws SQLException {
        return ask(DatabaseMetaData::locatorsUpdateCopy);
    }

    @Override
    public boolean supportsStatementPooling() throws SQLException {
        return ask(DatabaseMetaData::supportsStatementPooling);
    }

    @Override
    public RowIdLifetime getRowIdLifetime() throws SQLException {
        return ask(DatabaseMetaData::getRowIdLifetime);
    }

    @Override
    public ResultSet getSchemas(String catalog, String schemaPattern) throws SQLException {
        return rows(below -> below.getSchemas(catalog, schemaPattern));
    }

    @Override
    public boolean supportsStoredFunctionsUsingCallSyntax() throws SQLException {
        return ask(DatabaseMetaData::supportsStoredFunctionsUsingCallSyntax);
    }

    @Override
    public boolean autoCommitFailureClosesAllResultSets() throws SQLException {
        return ask(DatabaseMetaData::autoCommitFailureClosesAllResultSets);
    }

    @Override
    public ResultSet getClientInfoProperties() throws SQLException {
        return rows(DatabaseMetaData::getClientInfoProperties);
    }

    @Override
    public ResultSet getFunctions(String catalog, String schemaPattern, String functionNamePattern)
            throws SQLException {
        return rows(below -> below.getFunctions(catalog, schemaPattern, functionNamePattern));
    }

    @Override
    public ResultSet getFunctionColumns(
            String catalog, String schemaPattern, String functionNamePattern, String columnNamePattern)
            throws SQLException {
        return rows(below -> below.getFunctionColumns(catalog, schemaPattern, functionNamePattern, columnNamePattern));
    }

    @Override
    public ResultSet getPseudoColumns(
            String catalog, String schemaPattern, String tableNamePattern, String columnNamePattern)
            throws SQLException {
        return rows(below -> below.getPseudoColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern));
    }

    @Override
    public boolean generatedKeyAlwaysReturned() throws SQLException {
        return ask(DatabaseMetaData::generatedKeyAlwaysReturned);
    }

    @Override
    public long getMaxLogicalLobSize() throws SQLException {
        return ask(DatabaseMetaData::getMaxLogicalLobSize);
    }

    @Override
    public boolean supportsRefCursors() throws SQLException {
        return ask(DatabaseMetaData::supportsRefCursors);
    }

    @Override
    public boolean supportsSharding() throws SQLException {
        return ask(DatabaseMetaData::supportsSharding);
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

    /** Holds the lease's gate: what sounds like a constant may be a query, as the keywords are on PostgreSQL. */
    private <T> T ask(Question<T> question) throws SQLException {
        connection.enter();
        try {
            return question.to(raw);
        } catch (SQLException e) {
            return connection.again(e, () -> question.to(raw));
        } finally {
            connection.exit();
        }
    }

    private ResultSet rows(Question<ResultSet> question) throws SQLException {
        return ask(below -> connection.track(new PooledResultSet(connection, null, question.to(below))));
    }
}
