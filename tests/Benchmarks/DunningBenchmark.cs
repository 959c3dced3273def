using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.Collections;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Policies;
using OrderToCash.EventSourcing;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>dunning</c>: who of 100,000 customers with eight open invoices each gets which notice (a preview, which keeps
/// nothing), the same where all of them were contacted and contact counts for each invoice, and a run over all of them
/// that also writes every notice word for word, until it is over.
/// </summary>
internal static class DunningBenchmark
{
    public static readonly Benchmark Define = new(
        "dunning", "POST /v1/collections/dunning-runs over 100,000 customers", RunAsync);

    private const int Many = 100_000;
    private const int Each = 8;

    private const string Entity =
        "insert into legal_entities (code, name, country, time_zone, version, base_currency) " +
        "values ($1, 'Acme', 'US', 'UTC', 1, 'USD')";

    private const string Customers =
        """
        insert into customers (id, number, legal_entity, name, currency, language, contacts, version, country)
        select gen_random_uuid(), 'CUST-' || n, $1, 'Customer ' || n, 'USD', (array['en', 'es', 'fr'])[1 + n % 3],
            jsonb_build_array(jsonb_build_object('Name', 'Ana Ruiz', 'Role', 'accounts-payable',
                'Email', 'ap' || n || '@' || lower($1) || '.example', 'Phone', null, 'TimeZone', null)), 1, 'US'
        from generate_series(1, $2) n
        """;

    private const string Items =
        """
        insert into open_items (invoice_id, installment, invoice_number, legal_entity, customer_id, due_date, currency,
            amount, balance, version, kind)
        select gen_random_uuid(), 1, 'INV-' || c.number || '-' || n, $1, c.id, current_date - 4 * n, 'USD',
            100 + n, 100, 1, 'invoice'
        from customers c, generate_series(1, $2) n where c.legal_entity = $1
        """;

    /// <summary>One in ten is promised, so that not everything is asked for.</summary>
    private const string Promises =
        """
        insert into promise_items (promise_id, invoice_id, installment, invoice_number, balance, source_version, failed,
            open)
        select gen_random_uuid(), invoice_id, installment, invoice_number, balance, version, false, true
        from open_items where legal_entity = $1 and hashtext(invoice_id::text) % 10 = 0
        """;

    private const string Asked =
        "select customer_id, array_agg(invoice_id order by due_date) from open_items where legal_entity = $1 " +
        "group by customer_id";

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var system = await bench.SystemAsync(cancellation, "collections");
        var instance = system.Instance("collections");
        using var api = new Api(system, "collections");
        var services = await bench.StoreAsync(
            CollectionsService.AddEvents, cancellation, address: system.DatabaseOf(instance.Program));
        var store = services.GetRequiredService<EventStore>();
        await OpenAsync(store, "US01", Many, cancellation);

        var goal = new Goal(AtLeast: Many / 60m);
        bench.Report.Add(new Figure(
            "customers decided", "/s", await DecideAsync(bench, api, cancellation), Goal: goal));
        await ContactedAsync(store, "US01", cancellation);
        await LayDownAsync(
            store, 0,
            StandardPolicy.Contact with { Caps = [new ContactCap(CapScope.Invoice, null, Attempts: 1, Days: 7)] },
            cancellation);
        bench.Report.Add(new Figure(
            "customers decided, with caps per invoice", "/s", await DecideAsync(bench, api, cancellation), Goal: goal));
        await LayDownAsync(store, 1, StandardPolicy.Contact, cancellation);
        bench.Report.Add(new Figure(
            "customers decided and written to", "/s", await WriteAsync(api, cancellation), Goal: goal));
    }

    /// <summary>Customers a second, the middle of the rounds.</summary>
    private static async Task<decimal> DecideAsync(Bench bench, Api api, CancellationToken cancellation)
    {
        var decided = new List<decimal>();
        for (var round = 0; round <= bench.Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            await PreviewAsync(api, cancellation);
            var rate = Many / (decimal)watch.Elapsed.TotalSeconds;

            // One goes before and does not count.
            if (round > 0)
                decided.Add(rate);
        }

        return Cost.Middle(decided);
    }

    /// <summary>All customers, some thousands with each request.</summary>
    private static async Task PreviewAsync(Api api, CancellationToken cancellation)
    {
        var (seen, after) = (0, (Guid?)null);
        do
        {
            var part = await SendAsync(api, preview: true, cancellation, after);
            seen += part["noticeCount"]!.GetValue<int>();
            after = part["next"]?.GetValue<Guid>();
        }
        while (after is not null);

        SeenTo(seen);
    }

    /// <summary>Customers a second, from the request to the end of the run.</summary>
    private static async Task<decimal> WriteAsync(Api api, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var run = await SendAsync(api, preview: false, cancellation);
        while (run["status"]!.GetValue<string>() == "running")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellation);
            run = JsonNode.Parse(await api.GetAsync(
                $"/v1/collections/dunning-runs/{run["id"]!.GetValue<Guid>()}", cancellation))!;
        }

        SeenTo(run["noticeCount"]!.GetValue<int>());
        return Many / (decimal)watch.Elapsed.TotalSeconds;
    }

    private static Task<JsonNode> SendAsync(
        Api api, bool preview, CancellationToken cancellation, Guid? after = null) => api.AskAsync(
        HttpMethod.Post, "/v1/collections/dunning-runs",
        new JsonObject { ["legalEntity"] = "US01", ["preview"] = preview, ["after"] = after }.ToJsonString(),
        cancellation);

    private static void SeenTo(int customers)
    {
        if (customers < Many)
            throw new InvalidOperationException($"The run has seen to {customers} customers only.");
    }

    /// <summary>Each customer was written to three times, the last time the other day about two of its invoices.
    /// </summary>
    private static async Task ContactedAsync(EventStore store, string entity, CancellationToken cancellation)
    {
        var customers = new List<(Guid Id, Guid[] Invoices)>();
        await using (var command = store.Database.CreateCommand(Asked))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                customers.Add((reader.GetGuid(0), reader.GetFieldValue<Guid[]>(1)));
        }

        var now = TimeProvider.System.GetUtcNow();
        foreach (var some in customers.Chunk(1_000))
        {
            var batch = new WriteBatch(new EventMetadata("benchmark"));
            foreach (var (id, invoices) in some)
            {
                batch.Append(
                    ContactProfileStream.Type, ContactProfileStream.Id(id), 0,
                    [Mail(id, 40, invoices), Mail(id, 20, invoices), Mail(id, 2, invoices[..2])]);
            }

            await store.CommitAsync(batch, cancellation);
        }

        await store.Database.UntilAsync(Invoicing.IsPublished, cancellation);
        await store.Database.ExecuteAsync("vacuum analyze", cancellation);

        ContactAttempted Mail(Guid id, int days, IReadOnlyList<Guid> invoices) => new(
            new ContactPoint(entity, id, ContactChannel.Email, $"ap-{id:N}@example.com", "Ana Ruiz"),
            DateOnly.FromDateTime(now.UtcDateTime).AddDays(-days), now.AddDays(-days), false, false, null, null,
            invoices);
    }

    private static Task<CommitResult> LayDownAsync(
        EventStore store, long version, ContactRules rules, CancellationToken cancellation)
    {
        var policy = StandardPolicy.For("US01") with
        {
            Contact = new Dictionary<string, ContactRules> { [StandardPolicy.AnyCountry] = rules },
        };
        return store.CommitAsync(
            new WriteBatch(new EventMetadata("benchmark")).Append(
                CollectionPolicyStream.Type, CollectionPolicyStream.Id("US01"), version, [policy]),
            cancellation);
    }

    private static async Task OpenAsync(EventStore store, string entity, int customers, CancellationToken cancellation)
    {
        await store.Database.ExecuteAsync(Entity, cancellation, entity);
        await store.Database.ExecuteAsync(Customers, cancellation, entity, customers);
        await store.Database.ExecuteAsync(Items, cancellation, entity, Each);
        await store.Database.ExecuteAsync(Promises, cancellation, entity);
        await store.Database.ExecuteAsync("vacuum analyze", cancellation);
    }
}
