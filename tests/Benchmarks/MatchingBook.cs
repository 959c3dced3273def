using Npgsql;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;

namespace OrderToCash.Benchmarks;

/// <summary>Puts a made-up company into the tables that matching reads, as the consumers would.</summary>
internal static class MatchingBook
{
    private const int AtOnce = 5_000;

    private const string LegalEntity =
        "insert into legal_entities (code, name, base_currency, time_zone, unapplied_cash_account, " +
        "unidentified_cash_account, cash_clearing_account, version, small_differences_account) " +
        "values ('US01', 'Acme Inc.', 'USD', 'America/Chicago', '2400', '2410', '1090', 1, '4920')";

    private const string Customers =
        "insert into customers (id, number, legal_entity, name, currency, compact_key, loose_key, version, " +
        "parent_id, status) select *, 'active' from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    private const string Names =
        "insert into customer_name_keys (key, legal_entity, customer_id) select * from unnest($1, $2, $3)";

    private const string Accounts =
        "insert into payer_memory (legal_entity, trait, key, customer_id, forgotten) " +
        "select 'US01', 'account', account, customer, false from unnest($1, $2) as known (account, customer)";

    public static async Task FillAsync(
        NpgsqlDataSource database, MatchingCorpus corpus, CancellationToken cancellation)
    {
        await database.ExecuteAsync(LegalEntity, cancellation);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        foreach (var customers in corpus.Customers.Chunk(AtOnce))
            await WriteAsync(connection, cancellation, [.. Rows(customers)]);
        foreach (var items in corpus.Items.Chunk(AtOnce))
            await WriteAsync(connection, cancellation, OpenItems.Write(1, items));
        await database.ExecuteAsync("analyze", cancellation);
    }

    private static IEnumerable<NpgsqlBatchCommand> Rows(MadeCustomer[] customers)
    {
        yield return new SqlRows<MadeCustomer>()
            .Column(customer => customer.Id)
            .Column(customer => customer.Number)
            .Column(_ => "US01")
            .Column(customer => customer.Name)
            .Column(_ => "USD")
            .Column(customer => ReferenceKeys.Compact(customer.Number))
            .Column(customer => ReferenceKeys.Loose(customer.Number))
            .Column(_ => 1L)
            .Column(customer => customer.ParentId)
            .Command(Customers, customers);
        yield return new SqlRows<(string Key, Guid Customer)>()
            .Column(row => row.Key)
            .Column(_ => "US01")
            .Column(row => row.Customer)
            .Command(Names,
            [
                .. customers.SelectMany(customer =>
                    PartyName.Blocks(customer.Name).Select(key => (key, customer.Id))),
            ]);
        MadeCustomer[] known = [.. customers.Where(customer => customer.IsKnown)];
        if (known.Length > 0)
        {
            yield return new SqlRows<MadeCustomer>()
                .Column(customer => customer.Account)
                .Column(customer => customer.Id)
                .Command(Accounts, known);
        }
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, CancellationToken cancellation, params NpgsqlBatchCommand[] commands)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
