using OrderToCash.Collections.Dunning;

namespace OrderToCash.Collections.Tests.Support;

/// <summary>More customers than one part of a run, written into the replica as they are.</summary>
internal static class ManyCustomers
{
    /// <summary>So many make a run of three parts.</summary>
    public const int Parts = (2 * DunningRunner.AtOnce) + 50;

    private const string Customers =
        """
        insert into customers (id, number, legal_entity, name, currency, language, contacts, version, country)
        select gen_random_uuid(), 'CUST-' || n, $1, 'Customer ' || n, 'USD', 'en',
            case when n % 5 = 0 then jsonb_build_array(jsonb_build_object('Name', 'Ana Ruiz',
                'Role', 'accounts-payable', 'Email', 'ap' || n || '@' || lower($1) || '.example', 'Phone', null,
                'TimeZone', null))
            else '[]' end, 1, 'US'
        from generate_series(1, $2) n
        """;

    private const string Items =
        """
        insert into open_items (invoice_id, installment, invoice_number, legal_entity, customer_id, due_date, currency,
            amount, balance, version, kind)
        select gen_random_uuid(), 1, 'INV-' || c.number, $1, c.id, $2, 'USD', 100, 100, 1, 'invoice'
        from customers c where c.legal_entity = $1
        """;

    /// <summary>A legal entity with customers who owe an invoice each, due five days ago; mail reaches every fifth.
    /// </summary>
    public static async Task<Story> OwingAsync(CollectionsApp app, int customers)
    {
        var story = await Story.BeginAsync(app);
        await ExecuteAsync(app, Customers, story.Entity, customers);
        await ExecuteAsync(app, Items, story.Entity, app.Clock.Today.AddDays(-5));
        return story;
    }

    public static async Task ExecuteAsync(CollectionsApp app, string sql, params object[] parameters)
    {
        await using var command = app.Database.Source.CreateCommand(sql);
        foreach (var value in parameters)
            command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }
}
