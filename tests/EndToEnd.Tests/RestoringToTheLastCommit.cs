using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// The server of Invoicing and CashApplication is lost while they work and comes back from a base backup and its
/// write-ahead log, as deploy/BACKUP.md says: whatever was answered is there.
/// </summary>
public sealed class RestoringToTheLastCommit(RunningSystem system) : IAsyncLifetime
{
    private static readonly Dictionary<string, string> DatabaseOf = new()
    {
        ["invoicing"] = "invoicing",
        ["cash-application"] = "cash_application",
    };

    private ArchivedPostgres _server = null!;
    private OwnSystem _own = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ArchivedPostgres.StartAsync([.. DatabaseOf.Values]);
        _own = await system.AnotherAsync("invoicing", "cash-application", "collections");
        foreach (var (service, database) in DatabaseOf)
        {
            await _own.System.Instance(service).StopAsync();
            await _own.System.Instance(service).StartAgainAsync(new Dictionary<string, string>
            {
                ["ConnectionStrings__Postgres"] = _server.DatabaseOf(database),
            });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _own.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task every_answered_number_is_there_and_the_others_catch_up()
    {
        using var invoicing = Caller("invoicing");
        using var cash = Caller("cash-application");
        var customer = await OpenAsync(invoicing);
        await Eventually.BecomesTrue(
            async () => (await RecordAsync(cash)).Status == HttpStatusCode.Created, "the company is known");
        var numbers = new ConcurrentQueue<string>();
        using var stop = new CancellationTokenSource();
        var work = Task.WhenAll(
            WorkAsync(() => IssueAsync(invoicing, customer), numbers, stop.Token),
            WorkAsync(() => RecordAsync(cash), numbers, stop.Token));
        await WrittenAsync(numbers);
        await _server.BackUpAsync();
        await WrittenAsync(numbers);
        await _server.ArchiveAsync();
        await WrittenAsync(numbers);

        await _server.LoseAsync();
        await stop.CancelAsync();
        await work;
        foreach (var service in DatabaseOf.Keys)
            await _own.System.Instance(service).KillAsync();
        await _server.RestoreAsync();
        foreach (var (service, database) in DatabaseOf)
        {
            await _own.System.Instance(service).StartAgainAsync(new Dictionary<string, string>
            {
                ["ConnectionStrings__Postgres"] = _server.DatabaseOf(database),
            });
        }

        var kept = await ReadAsync(_server.DatabaseOf("invoicing"), "select number from invoices");
        kept.UnionWith(await ReadAsync(_server.DatabaseOf("cash_application"), "select number from receipts"));
        numbers.Except(kept).ShouldBeEmpty("was answered and is not there");
        var next = await IssueAsync(invoicing, customer);
        next.Status.ShouldBe(HttpStatusCode.Created, next.Text);
        kept.ShouldNotContain(Number(next), "the series goes on where it was");
        const string items = "select invoice_id || ':' || installment || ':' || balance from open_items";
        var issued = await ReadAsync(_server.DatabaseOf("invoicing"), items);
        var collections = _own.System.DatabaseOf(_own.System.Instance("collections").Program);
        await Eventually.Passes(async () => (await ReadAsync(collections, items)).ShouldBe(issued, ignoreOrder: true));
    }

    private Api Caller(string service) =>
        new(_own.System.Instance(service).Address, _own.System.Key.TokenOf("controller"));

    /// <summary>One after the other until told to stop; what is not answered is not counted.</summary>
    private static async Task WorkAsync(
        Func<Task<Answer>> ask, ConcurrentQueue<string> numbers, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await ask() is { Status: HttpStatusCode.Created } answer)
                numbers.Enqueue(Number(answer));
        }
    }

    private static string Number(Answer answer) => answer.Body["number"]!.GetValue<string>();

    /// <summary>Waits until twenty more of each kind are answered.</summary>
    private static async Task WrittenAsync(ConcurrentQueue<string> numbers)
    {
        var before = numbers.ToLookup(Kind);
        await Eventually.BecomesTrue(
            () => numbers.GroupBy(Kind).Count(kind => kind.Count() >= before[kind.Key].Count() + 20) == 2,
            "the services work");

        static string Kind(string number) => number[..3];
    }

    private static async Task<Guid> OpenAsync(Api invoicing)
    {
        await invoicing.PutAsync("/v1/legal-entities/LAST", new
        {
            name = "Acme LAST",
            baseCurrency = "USD",
            country = "US",
            timeZone = "America/New_York",
        });
        var customer = await invoicing.PostAsync("/v1/customers", new
        {
            legalEntity = "LAST",
            name = "Globex Corporation",
            externalId = "CRM-LAST",
            currency = "USD",
            country = "US",
            language = "en",
            terms = "NET 30",
            contacts = Array.Empty<object>(),
        });
        return customer["id"]!.GetValue<Guid>();
    }

    private static Task<Answer> IssueAsync(Api invoicing, Guid customer) => SendAsync(invoicing, "/v1/invoices", new
    {
        customerId = customer,
        currency = "USD",
        lines = new[]
        {
            new
            {
                description = "Widget",
                quantity = "1",
                unitPrice = "100.00",
                taxRate = "0.08",
                taxCode = "NY",
                revenueAccount = "4000",
            },
        },
    });

    private static Task<Answer> RecordAsync(Api cash) => SendAsync(cash, "/v1/receipts", new
    {
        legalEntity = "LAST",
        method = "wire",
        amount = Seller.Usd(10m),
        valueDate = TimeProvider.System.Today("America/New_York"),
        reference = "on account",
    });

    private static Task<Answer> SendAsync(Api api, string path, object body) =>
        api.TryAsync(HttpMethod.Post, path, body, Ids.Next(TimeProvider.System).ToString());

    private static async Task<HashSet<string>> ReadAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
